"""Wrong tokens, counted by where they come from.

A token is 256 bits, so this stops no guesser who could win. It keeps a loop from the index, and
from the log of whoever looks there.
"""

from collections import OrderedDict, deque
from collections.abc import Callable

MOST_WRONG = 10
WINDOW_SECONDS = 300.0
MOST_PLACES = 10_000
"""Addresses that are remembered; the one that was quiet for longest goes."""


class Tries:
    """How often somebody was wrong lately."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def may(self, place: str) -> bool:
        """Whether one more try from there is looked at."""
        wrong = self._wrong.get(place, deque())
        now = self._clock()
        while wrong and not now - WINDOW_SECONDS < wrong[0] <= now:  # it may have been put back
            wrong.popleft()
        return len(wrong) < MOST_WRONG

    def was_wrong(self, place: str) -> None:
        self._wrong.setdefault(place, deque(maxlen=MOST_WRONG)).append(self._clock())
        self._wrong.move_to_end(place)
        while len(self._wrong) > MOST_PLACES:
            self._wrong.popitem(last=False)
