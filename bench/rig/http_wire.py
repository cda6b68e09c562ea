"""MCP over HTTP as requests by hand, in the stateless protocol: what they cost is a POST."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from rig.homes import environment
from rig.processes import processor_seconds
from rig.wire import META, Era

END_SECONDS = 15.0


@contextmanager
def served(command: Sequence[str], log: Path) -> Iterator[tuple[str, int]]:
    """(address, process) of a program that says where it listens; it is ended afterwards."""
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env=environment(), text=True
        )
    assert process.stdout
    try:
        yield _address(process.stdout, log), process.pid
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)
        process.stdout.close()


def _address(said: Any, log: Path) -> str:
    for line in said:
        if found := re.search(r"http://\S+/mcp", line):
            return found[0]
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def postroom_serve(home: Path, agent: str) -> list[str]:
    """The command that serves a home on a free port."""
    program = [sys.executable, "-m", "postroom", "serve", "--agent", agent]
    return [*program, "--home", str(home), "--port", "0"]


class HttpWire:
    """Calls of one tool at one address."""

    def __init__(self, url: str, pid: int, tool: str, token: str = "") -> None:
        self._tool = tool
        self._url = url
        self._pid = pid
        self._client = httpx2.AsyncClient(timeout=60, headers=_headers(tool, token))

    async def call(self) -> dict[str, Any]:
        """The result of a call that succeeds."""
        params = {"name": self._tool, "arguments": {}, "_meta": META}
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = await self._client.post(self._url, json=asked)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()["result"]
        if result.get("isError"):
            raise RuntimeError(str(result["content"]))
        return result

    async def timed(self) -> float:
        """How many seconds a call takes."""
        begin = time.perf_counter()
        await self.call()
        return time.perf_counter() - begin

    async def many(self, calls: int, at_a_time: int) -> tuple[float, float]:
        """(seconds, seconds of processor time of the server) that a call takes among many."""
        left = iter(range(calls))

        async def some() -> None:
            for _ in left:
                await self.call()

        worked, begin = processor_seconds(self._pid), time.perf_counter()
        await asyncio.gather(*(some() for _ in range(at_a_time)))
        taken, worked = time.perf_counter() - begin, processor_seconds(self._pid) - worked
        return taken / calls, worked / calls

    async def close(self) -> None:
        await self._client.aclose()


def _headers(tool: str, token: str) -> dict[str, str]:
    told = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": Era.MODERN,
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    return told | ({"Authorization": f"Bearer {token}"} if token else {})
