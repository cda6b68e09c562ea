"""The time, taken in one place. Everything else is handed a clock, so that tests can jump it."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def system_clock() -> float:
    """Seconds since 1970, UTC, by the machine's clock."""
    return time.time()


class Stopwatch:
    """How long something has taken, whatever is done to the machine's clock meanwhile.

    A clock that is put back cannot make anything last longer. One that is put forward (or that a
    test jumps) does count: after a night's sleep the time is over.
    """

    def __init__(self, clock: Clock, steady: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._began = clock()
        self._began_steady = steady()

    def elapsed(self) -> float:
        """Seconds since it began."""
        return max(self._clock() - self._began, self._steady() - self._began_steady)
