"""Real `postroom mcp` processes for tests, and what may be known of them from outside."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from mcp.client.stdio import StdioServerParameters

ROOT = Path(__file__).resolve().parents[2]
SEARCH = os.pathsep.join(str(ROOT / folder) for folder in ("server", "tools"))
PATIENCE = 20.0

T = TypeVar("T")


def arguments(home: Path, agent: str) -> list[str]:
    """How a client's configuration starts the server of one agent."""
    return ["-m", "postroom", "mcp", "--agent", agent, "--home", str(home)]


def parameters(home: Path, agent: str) -> StdioServerParameters:
    """The same for the SDK's client."""
    return StdioServerParameters(
        command=sys.executable, args=arguments(home, agent), env={"PYTHONPATH": SEARCH}
    )


async def eventually(look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """What ``look`` answers as soon as it is true; fails after ``seconds``."""
    async with asyncio.timeout(seconds):
        while not (found := look()):  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(0.01)
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):  # where there is no /proc, a zombie counts as alive
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return True


def ask(home: Path, sql: str, *values: object) -> list[sqlite3.Row]:
    """Rows of the index, read from outside."""
    file = home / "postroom.db"
    if not file.is_file():
        return []
    con = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)
    con.row_factory = sqlite3.Row
    try:
        return con.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []  # it is just being made
        raise
    finally:
        con.close()


def worker(home: Path) -> sqlite3.Row | None:
    """Who does the I/O: term, pid, ports; None before anybody has."""
    rows = ask(home, "SELECT * FROM worker")
    return rows[0] if rows else None


def working(home: Path, *others_than: int) -> sqlite3.Row | None:
    """The worker, once it listens and is none of these processes (nor the test's own)."""
    row = worker(home)
    if row is None or row["pid"] in {os.getpid(), *others_than} or not row["imap_port"]:
        return None
    return row if is_alive(row["pid"]) else None


@dataclass
class Line:
    """A client that writes lines and reads lines."""

    process: asyncio.subprocess.Process
    number: int = 1

    @property
    def pid(self) -> int:
        return self.process.pid

    def request(self, method: str, **params: Any) -> int:
        """The number under which the answer will come."""
        self.number += 1
        self.write({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return self.number

    def write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def answer(self, number: int) -> dict[str, Any]:
        assert self.process.stdout
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), 60)
            if not line:
                raise ConnectionError("the process ended")
            message: dict[str, Any] = json.loads(line)
            if message.get("id") == number:
                return message

    async def greet(self) -> None:
        number = self.request(
            "initialize",
            protocolVersion="2025-06-18",
            capabilities={},
            clientInfo={"name": "test", "version": "1"},
        )
        await self.answer(number)
        self.write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def call(self, tool: str, **given: Any) -> int:
        """The number under which the tool's answer will come."""
        return self.request("tools/call", name=tool, arguments=given)

    async def done(self, tool: str, **given: Any) -> dict[str, Any]:
        """The tool's answer; fails where it is an error."""
        result = (await self.answer(self.call(tool, **given)))["result"]
        assert not result.get("isError"), result
        found: dict[str, Any] = result["structuredContent"]
        return found

    def hang_up(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    async def ended(self, seconds: float) -> int:
        return await asyncio.wait_for(self.process.wait(), seconds)


def _log(home: Path) -> BinaryIO:
    """Where a process' standard error goes: a desktop client keeps it in a file, too."""
    home.mkdir(parents=True, exist_ok=True)
    return (home / "stderr.txt").open("ab")


@asynccontextmanager
async def started(home: Path, agent: str, *, greet: bool = True) -> AsyncIterator[Line]:
    """A process, ended hard at the end if it lives still."""
    with _log(home) as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments(home, agent),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, "PYTHONPATH": SEARCH},
            limit=1 << 24,
        )
    try:
        line = Line(process)
        if greet:
            await line.greet()
        yield line
    finally:
        if process.returncode is None:
            process.kill()
        with contextlib.suppress(OSError):
            line.hang_up()
        await process.communicate()


def kill_hard(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
