"""The room over HTTP, on loopback, from when a test first asks where."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from postroom.build import PostRoom
from postroom.serving.serve import serve
from postroom.settings import Settings, with_serve

PATIENCE = 20.0


class Face:
    """MCP at ``/mcp`` and REST at ``/v1``, by the program's own server."""

    def __init__(self, room: PostRoom) -> None:
        self._room = room
        self._stop = asyncio.Event()
        self._heard: asyncio.Future[str] | None = None
        self._serving: asyncio.Task[None] | None = None

    async def url(self) -> str:
        """Where it listens, without a path."""
        if self._heard is None:
            self._heard = asyncio.get_running_loop().create_future()
            wanted = with_serve(self._room.settings, {"port": 0})
            serving = serve(wanted, "default", self._stop, self._hear, self._opened)
            self._serving = asyncio.create_task(serving, name="serving")
            self._serving.add_done_callback(self._ended)
        return await asyncio.shield(self._heard)

    async def close(self) -> None:
        self._stop.set()
        if self._serving is not None:
            await asyncio.wait_for(self._serving, PATIENCE)

    def _hear(self, line: str) -> None:
        if self._heard is not None and not self._heard.done():
            named = next(word for word in line.split() if word.startswith("http"))
            self._heard.set_result(named.removesuffix("/mcp"))

    def _ended(self, serving: "asyncio.Task[None]") -> None:
        if self._heard is not None and not self._heard.done():
            self._heard.set_exception(serving.exception() or RuntimeError("it does not serve"))

    @contextlib.asynccontextmanager
    async def _opened(self, settings: Settings, *, program: str) -> AsyncIterator[PostRoom]:
        yield self._room
