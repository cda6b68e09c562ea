"""A line to the mail server that is cut where a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

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
    line: LossyLine, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    there_reader, there = await asyncio.open_connection("127.0.0.1", target)
    back = asyncio.create_task(_copy(there_reader, writer))
    try:
        with contextlib.suppress(ConnectionError):
            await _submit(line, reader, writer, there)
    finally:
        back.cancel()
        await asyncio.gather(back, return_exceptions=True)
        for end in (writer, there):
            end.transport.abort()


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


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
