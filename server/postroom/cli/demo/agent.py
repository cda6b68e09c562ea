"""One agent of the demo: a real MCP client of a `postroom mcp` process of its own."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import TextContent

from postroom.cli.demo.step import DemoFailed


class Agent:
    """Calls tools and takes the time."""

    def __init__(self, name: str, client: Client) -> None:
        self.name = name
        self._client = client

    async def tools(self) -> list[str]:
        """The names of the tools that its server offers."""
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def call(self, tool: str, **arguments: Any) -> tuple[dict[str, Any], float]:
        """(the structured answer, milliseconds).

        Raises:
            DemoFailed: the tool answered with an error, or with no structure.
        """
        began = time.perf_counter()
        result = await self._client.call_tool(tool, arguments)
        milliseconds = (time.perf_counter() - began) * 1000
        if result.is_error or result.structured_content is None:
            said = " ".join(c.text for c in result.content if isinstance(c, TextContent))
            raise DemoFailed(f"{tool} failed for {self.name}: {said}")
        return dict(result.structured_content), milliseconds


@asynccontextmanager
async def agent(name: str, home: Path) -> AsyncIterator[Agent]:
    """An agent whose server process runs on ``home``; it has ended when the block has."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "postroom", "mcp", "--agent", name],
        env={"POSTROOM_HOME": str(home)},
    )
    with log_file(home, name).open("w", encoding="utf-8") as log:
        async with Client(stdio_client(server, errlog=log)) as client:
            yield Agent(name, client)


def log_file(home: Path, name: str) -> Path:
    """Where an agent's server writes what is wrong."""
    return home / f"{name}.log"
