"""A line to a port of this machine, on which a test decides what gets through."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple


class End(NamedTuple):
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


Carry = Callable[[End, End], Awaitable[None]]
"""Carries octets between us and the server, until it has had enough of this connection."""


@asynccontextmanager
async def line_to(target: int, carry: Carry) -> AsyncIterator[int]:
    """The port at which each connection is led to the port ``target`` by ``carry``."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(_lead(target, carry, End(reader, writer))))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _lead(target: int, carry: Carry, here: End) -> None:
    ends = [here]
    try:
        with contextlib.suppress(OSError):  # a server that is gone, or an end that was cut
            there = End(*await asyncio.open_connection("127.0.0.1", target))
            ends.append(there)
            await carry(here, there)
    finally:
        for end in ends:
            end.writer.transport.abort()


@asynccontextmanager
async def copying(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Meanwhile whatever comes from the one goes to the other as it is."""
    task = asyncio.create_task(_copy(source, sink))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
