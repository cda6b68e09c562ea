"""One reader of the journal's end, for all who listen in this process.

A hundred streams that each asked the index at each commit would cost a hundred questions; so one
asks, and each event is looked at for each listener in memory. It runs while anybody listens.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from postroom.desk.events.listener import Listener
from postroom.index import events, journal
from postroom.index.events import Piece
from postroom.index.index import Index
from postroom.model.errors import Unavailable
from postroom.model.event_filters import About

log = logging.getLogger("postroom.events")

BEAT_SECONDS = 2.0
"""How often who listens hears that nothing came."""


class Feed:
    """Hands out what is written into the journal."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._listeners: set[Listener] = set()
        self._users = 0
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._position = 0
        self.is_over = False
        """Whether all who listen are to leave."""

    def end(self) -> None:
        """Let all who listen leave, and nobody stay who comes later."""
        self.is_over = True
        self._wake()

    @asynccontextmanager
    async def listen(self, hears: Callable[[About], bool]) -> AsyncIterator[Listener]:
        """A listener of events about what ``hears`` says: everything that is written from now on.

        Raises:
            Unavailable: the index is closed.
        """
        self._users += 1
        try:
            async with self._starting:
                await self._start()
            listener = Listener(hears, self._position)
            self._listeners.add(listener)
            try:
                yield listener
            finally:
                self._listeners.discard(listener)
        finally:
            self._users -= 1
            if not self._users and self._reading is not None:
                self._reading.cancel()

    def check(self) -> None:
        """Raise `Unavailable` where nothing will be handed out any more to who listens now."""
        if self._has_ended:
            raise Unavailable(
                "events_interrupted", "Events cannot be read at the moment.", "Try again shortly."
            )

    @property
    def _has_ended(self) -> bool:
        return self._reading is None or self._reading.done()

    async def _start(self) -> None:
        if self._reading is not None and self._reading.cancelling():
            await asyncio.wait({self._reading})
        if self._has_ended:
            self._position = await self._index.read(journal.last_position)
            self._reading = asyncio.create_task(self._read(), name="events-feed")

    async def _read(self) -> None:
        beat = asyncio.create_task(self._beat(), name="events-beat")
        try:
            while True:
                changed, after = self._index.next_change(), self._position
                piece = await self._index.read(partial(events.behind, after=after))
                self._hand_out(piece)
                if piece.is_last:
                    await changed.wait()
        except Unavailable:
            log.debug("the index is closed")
        except Exception as error:
            log.error("the journal cannot be read", exc_info=error)
        finally:
            beat.cancel()
            self._wake()

    async def _beat(self) -> None:
        """Wake all now and then: one timer for everybody."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._wake()

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.wake()

    def _hand_out(self, piece: Piece) -> None:
        self._position = piece.position
        for listener in self._listeners:
            for told in piece.told:
                listener.offer(told)
            listener.reached(piece.position)
