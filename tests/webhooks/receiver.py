"""A web server on loopback that receives what is posted, and answers as a test says."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook

PATIENCE = 30.0


@dataclass(frozen=True)
class Received:
    """One delivery as it came."""

    headers: dict[str, str]
    body: bytes
    path: str = "/hook"

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return str(self.json["type"])

    @property
    def thread(self) -> str:
        return str(self.json["data"].get("thread_id", ""))

    @property
    def signatures(self) -> list[str]:
        return self.headers["webhook-signature"].split(" ")

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the signatures is made with a secret; the time is not looked at."""
        from datetime import UTC, datetime

        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(self.id, at, self.body.decode()) in self.signatures


Says = Callable[[Received], str]
"""The first line and fields of an answer, such as ``500 No`` or ``302 Found\\r\\nLocation: …``."""


def takes(_: Received) -> str:
    return "204 No Content"


class Receiver:
    """What came, and what is answered to it."""

    def __init__(self) -> None:
        self.got: list[Received] = []
        self.taken: list[Received] = []
        """Those that were answered with 2xx."""
        self.says: Says = takes
        self.holds: Callable[[Received], asyncio.Event | None] = lambda _: None
        """Until when an answer is held back."""
        self.closes = False
        """Whether each connection ends with its answer."""
        self.connections = 0
        self.port = 0
        self._more = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def open(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()
            self._server = None

    async def until(self, has_come: Callable[[], bool]) -> None:
        """Until something is true of what has come."""
        async with asyncio.timeout(PATIENCE):
            while not has_come():
                more = self._more
                await more.wait()

    async def gets(self, count: int) -> list[Received]:
        """Everything, once so many have come."""
        await self.until(lambda: len(self.got) >= count)
        return self.got

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while await self._one(reader, writer) and not self.closes:
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in head[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        received = Received(headers, body, head[0].split(" ")[1])
        self.got.append(received)
        self._news()
        if (held := self.holds(received)) is not None:
            await held.wait()
        said = self.says(received)
        if said.startswith("2"):
            self.taken.append(received)
        ends = "Connection: close\r\n" if self.closes else ""
        writer.write(f"HTTP/1.1 {said}\r\n{ends}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        self._news()
        return True

    def _news(self) -> None:
        self._more.set()
        self._more = asyncio.Event()
