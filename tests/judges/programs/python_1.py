"""A client by the Python SDK before 2.0, asked and answering as `driver.mjs` beside it.

It runs in an environment of its own: here `mcp` is another one than Postroom's.
"""

# mypy: ignore-errors

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


@asynccontextmanager
async def connected(how):
    if how.get("url"):
        headers = {"Authorization": f"Bearer {how['token']}"}
        async with (
            httpx.AsyncClient(headers=headers, timeout=300) as web,
            streamable_http_client(how["url"], http_client=web) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            yield session
    else:
        server = StdioServerParameters(command=how["command"], args=how["args"], env=how["env"])
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            yield session


class Driver:
    def __init__(self, session):
        self.session = session
        self.under_way = {}

    def begin(self, line):
        asked = json.loads(line)
        if asked["do"] == "leave":
            self.under_way[asked["of"]].cancel()
            tell({"id": asked["id"], "result": {}})
        else:
            self.under_way[asked["id"]] = asyncio.create_task(self.answer(asked))

    async def answer(self, asked):
        told = {"id": asked["id"], "progress": []}
        try:
            told["result"] = (await self.act(asked, told["progress"])).model_dump(
                mode="json", by_alias=True, exclude_none=True
            )
        except asyncio.CancelledError:
            told["error"] = {"code": None, "message": "the user stopped it"}
        except Exception as error:
            code = getattr(getattr(error, "error", None), "code", None)
            told["error"] = {"code": code, "message": str(error)}
        tell(told)

    async def act(self, asked, progress):
        if asked["do"] == "resource":
            return await self.session.read_resource(asked["uri"])
        if asked["do"] == "prompt":
            return await self.session.get_prompt(asked["name"], asked["arguments"])
        if asked["do"] != "call":
            return await getattr(self.session, f"list_{asked['do']}")()

        async def heard(passed, total, message):
            progress.append(passed)

        return await self.session.call_tool(
            asked["tool"],
            asked["arguments"],
            read_timeout_seconds=timedelta(seconds=asked["seconds"]),
            progress_callback=heard if asked["patient"] else None,
        )


def tell(what):
    print(json.dumps(what), flush=True)


async def main():
    async with connected(json.loads(sys.argv[1])) as session:
        driver = Driver(session)
        tell({"id": 0, "result": {}})
        while line := await asyncio.to_thread(sys.stdin.readline):
            driver.begin(line)


asyncio.run(main())
