"""The HTTP face, running in this process over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from postroom import settings as configuration
from postroom.serving.serve import serve


class Serving:
    """A running face: where it listens, its token, and what it said."""

    def __init__(self, home: Path) -> None:
        self.settings = configuration.load(home)
        self.stop = asyncio.Event()
        self.said: list[str] = []
        self.listens = asyncio.Event()

    def say(self, line: str) -> None:
        self.said.append(line)
        self.listens.set()

    async def run(self, **options: object) -> None:
        """``options``: as the command line gives them, of [serve]; a free port unless one is
        named."""
        wanted = configuration.with_serve(self.settings, {"port": 0, **options})
        await serve(wanted, "ada", self.stop, self.say)

    @property
    def url(self) -> str:
        return next(word for word in self.said[0].split() if word.startswith("http"))

    @property
    def token(self) -> str:
        return self.settings.token_file.read_text().strip()


@asynccontextmanager
async def serving(home: Path, **options: object) -> AsyncIterator[Serving]:
    face = Serving(home)
    task = asyncio.create_task(face.run(**options))
    heard = asyncio.create_task(face.listens.wait())
    await asyncio.wait({task, heard}, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    heard.cancel()
    try:
        yield face
    finally:
        face.stop.set()
        await asyncio.wait_for(task, 30)


async def post(face: Serving, **headers: str) -> httpx2.Response:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"Accept": "application/json, text/event-stream"}
    async with httpx2.AsyncClient() as web:
        return await web.post(face.url, json=ping, headers=accept | headers)
