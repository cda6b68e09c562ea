"""How often somebody may do something: so many times a minute, all at once or evenly.

A cell a key, by the generic cell rate algorithm (ITU-T I.371 annex A): the moment at which the next
one would be due if they came evenly. Weighed against it: the library `limits`, which in memory
looks through every key at each hit (measured: 1.6 ms with 20,000 keys, so that a flood of addresses
would be slowed by its own bound, and everybody else with it) or starts a thread for that.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0

MOST_KEYS = 50_000
"""Kept at a time, some 10 MB; past it whoever came longest ago is forgotten."""


class Pace:
    """``per_minute`` for each key, counted in this process."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._apart = MINUTE / per_minute
        self._clock = clock
        self._due: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str) -> float:
        """0 where it may be now, and then it is counted; else in how many seconds."""
        now = self._clock()
        due = max(self._due.get(key, now), now) + self._apart
        if (early := due - now - MINUTE) > 1e-6:
            return early
        self._due[key] = due
        self._due.move_to_end(key)
        if len(self._due) > MOST_KEYS:
            self._due.popitem(last=False)
        return 0.0
