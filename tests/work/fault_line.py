"""A line to a server that breaks, dawdles or babbles where a test says, on its way back to us."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class FaultLine:
    """Carries octets both ways; what is set here holds for each connection from then on."""

    port: int = 0
    break_after: int = 0
    """Octets from the server after which a connection ends; 0 for never."""
    delay: float = 0.0
    """Seconds that every piece from the server takes."""
    nonsense: bytes = b""
    """Said in the server's place, once, after ``nonsense_after`` octets of its own."""
    nonsense_after: int = 0
    broken: int = 0
    """Connections that were ended so."""
    connections: int = 0
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """End every connection now."""
        for end in list(self._ends):
            end.transport.abort()


@asynccontextmanager
async def fault_line(target: int) -> AsyncIterator[FaultLine]:
    """A line to a port of this machine."""
    line = FaultLine()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(_carry(line, target, reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    line.port = listener.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carry(
    line: FaultLine, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    line.connections += 1
    try:
        there_reader, there = await asyncio.open_connection("127.0.0.1", target)
    except OSError:
        writer.transport.abort()
        return
    line._ends |= {writer, there}
    onward = asyncio.create_task(_copy(reader, there))
    try:
        with contextlib.suppress(ConnectionError):
            await _bring_back(line, there_reader, writer)
    finally:
        onward.cancel()
        await asyncio.gather(onward, return_exceptions=True)
        line._ends -= {writer, there}
        for end in (writer, there):
            end.transport.abort()


async def _bring_back(
    line: FaultLine, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    carried = 0
    while data := await reader.read(65536):
        if line.delay:
            await asyncio.sleep(line.delay)
        if line.break_after and carried + len(data) > line.break_after:
            writer.write(data[: line.break_after - carried])
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            line.broken += 1
            return
        if line.nonsense and carried + len(data) > line.nonsense_after:
            data = data[: max(line.nonsense_after - carried, 0)] + line.nonsense
            line.nonsense = b""
            line.broken += 1
        carried += len(data)
        writer.write(data)
        await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
