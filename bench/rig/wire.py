"""An MCP client that is nothing but lines: what it costs is a pipe and a JSON parser.

The SDK's own client would add the same milliseconds to both sides of every ratio and so flatter
the slower one.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from rig.homes import environment

CLIENT = {"name": "bench", "version": "1"}
END_SECONDS = 15.0


class Era(StrEnum):
    """Which protocol the client speaks."""

    LEGACY = "legacy"
    """With a handshake: ``initialize``."""
    MODERN = "2026-07-28"
    """Stateless; a client may ask ``server/discover`` first, and the SDK's does."""


class Wire:
    """One server process and the pipe to it. One thread at a time."""

    def __init__(self, process: "subprocess.Popen[bytes]", era: Era, log: Path) -> None:
        self.process = process
        self.era = era
        self._log = log
        self._number = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def greet(self) -> None:
        """The first exchange of the era, whose answer shows that the server is there."""
        if self.era is Era.MODERN:
            self.ask("server/discover", {})
            return
        told = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT}
        self.ask("initialize", told)
        self._write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; RuntimeError where the server answers with an error."""
        self._number += 1
        if self.era is Era.MODERN:
            params = {**params, "_meta": META}
        self._write({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._answer(self._number)

    def call(self, tool: str, **given: Any) -> dict[str, Any]:
        """The structured content of a tool's answer; RuntimeError where it is an error."""
        result = self.call_raw(tool, given)
        if result.get("isError"):
            raise self._failed(f"{tool}: {result['content']}")
        found: dict[str, Any] = result["structuredContent"]
        return found

    def call_raw(self, tool: str, given: dict[str, Any]) -> dict[str, Any]:
        """The whole result of a tool call."""
        return self.ask("tools/call", {"name": tool, "arguments": given})

    def timed(self, tool: str, **given: Any) -> float:
        """How many seconds a tool call takes that succeeds."""
        begin = time.perf_counter()
        result = self.call_raw(tool, given)
        taken = time.perf_counter() - begin
        if result.get("isError"):
            raise self._failed(f"{tool}: {result['content']}")
        return taken

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def _answer(self, number: int) -> dict[str, Any]:
        assert self.process.stdout
        while line := self.process.stdout.readline():
            message = json.loads(line)
            if message.get("id") == number:
                if "error" in message:
                    raise self._failed(str(message["error"]))
                result: dict[str, Any] = message["result"]
                return result
        raise self._failed(f"process {self.pid} ended before it answered")

    def _failed(self, what: str) -> RuntimeError:
        """What went wrong, with the end of what the server said of it: the log is thrown away."""
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return RuntimeError(f"{what}\n{said}")

    def end(self) -> None:
        """Go away as a client does; kill the process where it stays."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(END_SECONDS)
        self.process.stdout.close()


META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@contextmanager
def started(command: Sequence[str], log: Path, era: Era = Era.LEGACY) -> Iterator[Wire]:
    """A server process, ended afterwards; what it says on standard error goes to ``log``."""
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(),
        )
    wire = Wire(process, era, log)
    try:
        yield wire
    finally:
        wire.end()


@contextmanager
def greeted(command: Sequence[str], log: Path, era: Era = Era.LEGACY) -> Iterator[Wire]:
    """The same, after the first exchange."""
    with started(command, log, era) as wire:
        wire.greet()
        yield wire
