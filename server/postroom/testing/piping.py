"""The room over standard input and output: a program that a client starts hands its lines on to
here, so that the agent's server is in the test's process and goes by its clock.

    client ── stdin, stdout ── pipe.py ── TCP on loopback ── Pipes ── MCP server
"""

import asyncio
import contextlib
import hmac
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from postroom.mcp.bounds import MAX_REQUEST_BYTES
from postroom.testing import pipe

LOOPBACK = "127.0.0.1"


class Pipes:
    """Takes connections of those programs, each for one agent."""

    def __init__(self, server_of: Callable[[str], Server[Any]]) -> None:
        """``server_of`` makes the server of a named agent."""
        self._server_of = server_of
        self._secret = secrets.token_urlsafe(16)
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def command(self, agent: str) -> list[str]:
        """The program to start, with its arguments."""
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._accept, LOOPBACK, 0, limit=MAX_REQUEST_BYTES
            )
        port = self._listener.sockets[0].getsockname()[1]
        # By its file: as a module it would load the kit first.
        return [sys.executable, "-P", pipe.__file__, str(port), self._secret, agent]

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            secret, _, agent = (await reader.readline()).decode().strip().partition(" ")
            if hmac.compare_digest(secret.encode(), self._secret.encode()):
                await self._serve(self._server_of(agent), reader, writer)
        except* (OSError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(
        self, server: Server[Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # The SDK asks for files of text; it takes lines from one, and writes and flushes one.
        streams = stdio_server(stdin=cast("Any", _Lines(reader)), stdout=cast("Any", _Out(writer)))
        async with streams as (read, write):
            await server.run(read, write, server.create_initialization_options())


class _Lines:
    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await self._reader.readline():
            yield line.decode("utf-8", "replace")


class _Out:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def flush(self) -> None:
        await self._writer.drain()
