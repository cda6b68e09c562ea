"""A line to the mail server that is cut where a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from work.line import End, copying, line_to

END_OF_DATA = b"\r\n.\r\n"


@dataclass
class LossyLine:
    """Carries octets both ways; each of the counters says how often something is still to fail."""

    port: int = 0
    lose_answers: int = 0
    """The mail gets through; the line is cut before the answer to the final dot."""
    lose_mails: int = 0
    """The line is cut at the final dot, which does not get through."""
    dawdle: asyncio.Event | None = None
    """With it, a mail whose answer is lost reaches the server only once it is set."""
    carried: int = 0
    """Mails that got through."""


@asynccontextmanager
async def lossy_line(target: int) -> AsyncIterator[LossyLine]:
    """A line to a port of this machine."""
    line = LossyLine()
    async with line_to(target, partial(_carry, line)) as line.port:
        yield line


async def _carry(line: LossyLine, here: End, there: End) -> None:
    async with copying(there.reader, here.writer):
        await _submit(line, here.reader, here.writer, there.writer)


async def _submit(
    line: LossyLine,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: asyncio.StreamWriter,
) -> None:
    seen = b""
    while data := await reader.read(65536):
        seen = (seen + data)[-70_000:]
        if seen.endswith(END_OF_DATA):
            seen = b""
            if line.lose_mails:
                line.lose_mails -= 1
                return
            if line.lose_answers:
                line.lose_answers -= 1
                writer.transport.abort()
                if line.dawdle is not None:
                    await line.dawdle.wait()
                await _finish(line, there, data)
                return
            line.carried += 1
        there.write(data)
        await there.drain()


async def _finish(line: LossyLine, there: asyncio.StreamWriter, data: bytes) -> None:
    """Hand the mail over, and leave in an orderly way, so that the server reads all of it."""
    line.carried += 1
    there.write(data)
    await there.drain()
    there.write_eof()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.2)
