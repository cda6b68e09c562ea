"""A line to a server that breaks, dawdles or babbles where a test says, on its way back to us."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from work.line import End, copying, line_to


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
    async with line_to(target, partial(_carry, line)) as line.port:
        yield line


async def _carry(line: FaultLine, here: End, there: End) -> None:
    line.connections += 1
    ends = {here.writer, there.writer}
    line._ends |= ends
    try:
        async with copying(here.reader, there.writer):
            await _bring_back(line, there.reader, here.writer)
    finally:
        line._ends -= ends


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
