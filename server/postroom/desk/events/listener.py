"""What one who listens has yet to take."""

import asyncio
from collections import deque
from collections.abc import Callable

from postroom.index.events import Told
from postroom.model.event_filters import About

MAX_KEPT = 500
"""Events kept for one who does not take them: about 100 KB. Beyond it they are read out of the
journal again."""


class Listener:
    """Events as they come, for one who takes them at times."""

    def __init__(self, hears: Callable[[About], bool], position: int) -> None:
        """``position``: up to where the journal had been handed out when it began."""
        self._hears = hears
        self._kept: deque[Told] = deque()
        self._news = asyncio.Event()
        self._position = position
        self._has_missed = False

    def offer(self, told: Told) -> None:
        """One more event of the journal, whether it is for this one or not."""
        if not self._hears(told.about) or self._has_missed:
            return
        if len(self._kept) >= MAX_KEPT:
            self._has_missed = True
            self._kept.clear()
        else:
            self._kept.append(told)
        self._news.set()

    def reached(self, position: int) -> None:
        """Everything up to ``position`` was offered."""
        self._position = position

    def wake(self) -> None:
        self._news.set()

    async def wait(self) -> None:
        """Return once there is something to take, or it was woken."""
        await self._news.wait()

    def take(self) -> tuple[list[Told], int | None]:
        """(what is there, the position up to which that is everything); no position where they were
        taken too slowly, and what comes next is not known here."""
        taken = list(self._kept)
        upto = None if self._has_missed else self._position
        self._kept.clear()
        self._news.clear()
        self._has_missed = False
        return taken, upto
