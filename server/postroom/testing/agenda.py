"""What is to happen outside of the room, and when: answers that are due, decisions to be made."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

from postroom.clock import Clock

Act = Callable[[], Awaitable[None]]


class Agenda:
    """Acts by the time at which they are due; those of one moment in the order of their making."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock
        self._numbers = count()
        self._acts: list[tuple[float, int, Act]] = []

    def add(self, after: timedelta, act: Act) -> None:
        """Let ``act`` happen ``after`` some time from now.

        Raises:
            ValueError: that time lies in the past.
        """
        if after < timedelta():
            raise ValueError("nothing happens before now: `after` is negative")
        due = self.now() + after.total_seconds()
        heapq.heappush(self._acts, (due, next(self._numbers), act))

    @property
    def next_due(self) -> float | None:
        """When the next act is due, seconds since 1970."""
        return self._acts[0][0] if self._acts else None

    def take(self) -> Act | None:
        """The first act whose time has come; it is the taker's now."""
        if self._acts and self._acts[0][0] <= self.now():
            return heapq.heappop(self._acts)[2]
        return None
