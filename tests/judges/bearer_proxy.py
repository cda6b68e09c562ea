"""A way to a served post room for a program that has no option for a token: what is asked here is
asked there, word for word, with the token."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from urllib.parse import urlsplit

MOST_HEAD_BYTES = 1 << 16


@asynccontextmanager
async def with_token(url: str, token: str) -> AsyncIterator[str]:
    """A URL of this machine that leads to ``url``. Header fields stay as they are, Host with
    them, so that a judge may lie in them; each request has a connection to itself."""
    there = urlsplit(url)
    field = f"Authorization: Bearer {token}\r\nConnection: close\r\n".encode()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            answering, onward = await asyncio.open_connection(there.hostname, there.port)
            with closing(onward):
                onward.write(_with(head, field))
                await _both(_copy(reader, onward), _copy(answering, writer))

    carrying = set[asyncio.Task[None]]()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(carry(reader, writer))
        carrying.add(task)
        task.add_done_callback(carrying.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", 0, limit=MOST_HEAD_BYTES)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}{there.path}"
    finally:
        server.close()
        for task in tuple(carrying):
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)


def _with(head: bytes, fields: bytes) -> bytes:
    """The head of a request with more fields, the request's own word on its connection left out."""
    first, *others = head.split(b"\r\n")
    kept = [each for each in others if not each.lower().startswith(b"connection:")]
    return b"\r\n".join([first, fields.rstrip(), *kept])


async def _both(sending: Awaitable[None], answering: Awaitable[None]) -> None:
    """Until the answer has ended, or who asked has gone."""
    tasks = [asyncio.ensure_future(each) for each in (sending, answering)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1 << 16):
        writer.write(piece)
        await writer.drain()
