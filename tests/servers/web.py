"""A web server over real TLS that answers, octet by octet, what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from servers.certificates import self_signed_file, server_side

Answering = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


class Asked:
    """One request as it came."""

    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        self.body = body


class WebServer:
    """What it was asked, how many connected, and where it listens."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.port = 0
        self.certificates = Path()
        self.answering: Answering = plainly(b"hello")
        self.over = asyncio.Event()
        """Set when the test is: for an answer that has no end."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                asked = Asked(head, b"")
                asked.body = await reader.readexactly(int(asked.headers.get("content-length", 0)))
                self.asked.append(asked)
                await self.answering(asked, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def plainly(body: bytes, status: str = "200 OK", fields: str = "") -> Answering:
    """An answer with that body; ``fields`` are whole lines."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        writer.write(head.encode("latin-1") + body)

    return answer


@asynccontextmanager
async def web_server(
    folder: Path, *names: str, days: int = 1, tls: bool = True
) -> AsyncIterator[WebServer]:
    """A server for 127.0.0.1, localhost and ``names``; ``days`` below 0: with a certificate that is
    over."""
    made = WebServer()
    made.certificates = self_signed_file(folder / f"web-{days}.pem", days=days, names=names)
    context = server_side(made.certificates) if tls else None
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.over.set()
        server.close()
