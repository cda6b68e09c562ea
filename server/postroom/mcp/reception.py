"""The room, opened behind a client's back.

    process starts ── initialize, tools/list: answered from nothing ──► client shows the tools
         └─ 0.1 s later, or at the first call: the room opens (imports, index)
               └─ 0.3 s after the start, or once the first call is answered: the worker tries

The desk answers from the index as soon as that is open; only what happens over time needs the
worker, whose imports (mail servers, parsers) are the heavy ones.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from postroom.model.errors import PostroomError, Unavailable

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.desk.desk import Desk
    from postroom.settings import Settings

log = logging.getLogger("postroom.mcp")

OPEN_SECONDS = 0.1
"""After the start. Opening at once would compete with `initialize` for the interpreter."""

WORK_SECONDS = 0.3
"""After the start, where no call comes: a post room that nobody asks still takes in mail."""

AFTERTHOUGHT_SECONDS = 0.05
"""Between the answer to a call and the worker's imports: the answer has to reach the pipe."""

CLOSE_SECONDS = 15.0
"""The longest that closing may take: the courier's last submission has 10 s of it."""


class Reception:
    """Opens one room when it is first needed, and gives its desk to everybody who asks."""

    def __init__(self, settings: "Settings | Callable[[], Settings]") -> None:
        """``settings``, or a function that loads them: what it raises is told to who calls."""
        self._settings = settings
        self._work_may_begin = asyncio.Event()
        self._closing = asyncio.Event()
        self._opened: asyncio.Future[PostRoom] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []

    def start(self) -> None:
        """Open the room, and begin to work, soon."""
        self._later(OPEN_SECONDS, self._open)
        self._later(WORK_SECONDS, self._work_may_begin.set)

    def answered(self) -> None:
        """A call was answered: the worker may take its turn."""
        if not self._work_may_begin.is_set():
            self._later(AFTERTHOUGHT_SECONDS, self._work_may_begin.set)

    async def desk(self) -> "Desk":
        """The room's desk, as soon as it is open. A room that could not open is tried again at
        each call: an operator who corrects the settings need not restart every client.

        Raises:
            PostroomError: it cannot be opened.
        """
        room = await asyncio.shield(self._open())
        return room.desk

    async def close(self) -> None:
        """Stop working, end what is in flight, and close the room. Bounded."""
        self._closing.set()
        for timer in self._timers:
            timer.cancel()
        if self._keeper is None:
            return
        await asyncio.wait({self._keeper}, timeout=CLOSE_SECONDS)
        if not self._keeper.done():
            log.error("the post room did not close within %s s", CLOSE_SECONDS)
            self._keeper.cancel()

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))

    def _open(self) -> "asyncio.Future[PostRoom]":
        if self._opened is None or (self._opened.done() and not _is_open(self._opened)):
            self._opened = asyncio.get_running_loop().create_future()
            self._opened.add_done_callback(_tell_failure)
            self._keeper = asyncio.create_task(self._keep(self._opened))
        return self._opened

    async def _keep(self, opened: "asyncio.Future[PostRoom]") -> None:
        """Hold the room open in one task, from opening to closing."""
        try:
            if self._closing.is_set():
                raise Unavailable("closing", "This post room is closing.", "Start it again.")
            async with await asyncio.to_thread(self._prepare) as room:
                opened.set_result(room)
                await self._work(room)
        except Exception as error:
            if opened.done():
                log.error("the post room closed badly: %s", type(error).__name__)
            else:
                opened.set_exception(error)
        finally:
            opened.cancel()

    def _prepare(self) -> "AbstractAsyncContextManager[PostRoom]":
        """In a thread: the imports would hold up the loop, and with it a ping."""
        from postroom.build import open_room

        settings = self._settings() if callable(self._settings) else self._settings
        return open_room(settings, program="mcp")

    async def _work(self, room: "PostRoom") -> None:
        begin = asyncio.create_task(self._work_may_begin.wait())
        close = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait({begin, close}, return_when=asyncio.FIRST_COMPLETED)
            if not close.done():
                await room.worker.start()
                await close
                await room.worker.stop()
        finally:
            begin.cancel()
            close.cancel()


def _is_open(opened: "asyncio.Future[PostRoom]") -> bool:
    return not opened.cancelled() and opened.exception() is None


def _tell_failure(opened: "asyncio.Future[PostRoom]") -> None:
    if not opened.cancelled() and (error := opened.exception()) is not None:
        why = str(error) if isinstance(error, PostroomError) else type(error).__name__
        log.error("the post room cannot open: %s", why)
