"""Where an agent's waits have their places: so many at a time, and the newest always finds one.

Clients abandon calls without cancelling them. If such waits kept their places until they ran out,
their agent could not wait at all meanwhile; so the longest one gives up its place to the next.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from postroom.clock import Clock, Stopwatch
from postroom.model.errors import Unavailable
from postroom.model.limits import MAX_WAITS_PER_AGENT

UNDISTURBED_SECONDS = 5.0
"""How long a wait keeps its place, however many come after it: those that are called again and
again would otherwise end one another without pause."""


class Place:
    """The place of one wait."""

    def __init__(self, watch: Stopwatch) -> None:
        self.watch = watch
        self.until = 0.0
        """When its time is over, seconds since 1970."""
        self._wanted = asyncio.Event()
        self._changed: asyncio.Event | None = None
        """What it sleeps for, while it does."""

    @property
    def is_wanted(self) -> bool:
        """Whether a newer wait needs it: this one ends as if its time were over."""
        return self._wanted.is_set()

    @property
    def is_asleep(self) -> bool:
        """Whether it has seen all that is there, and nothing wakes it just now."""
        return self._changed is not None and not self._changed.is_set() and not self.is_wanted

    def give_up(self) -> None:
        self._wanted.set()

    async def sleep(self, changed: asyncio.Event, seconds: float) -> None:
        """Return when ``changed`` is set, the place is wanted, or the seconds have passed."""
        waits = [asyncio.ensure_future(event.wait()) for event in (changed, self._wanted)]
        self._changed = changed
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._changed = None
            for wait in waits:
                wait.cancel()


class Places:
    """The places of all agents in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: dict[str, list[Place]] = defaultdict(list)
        """By agent, the longest first."""
        self._has_ended = False

    @contextmanager
    def take(self, who: str) -> Iterator[Place]:
        """A place for one more wait.

        Raises:
            Unavailable: all were taken just now.
        """
        self._make_room(who)
        place = Place(Stopwatch(self._clock))
        if self._has_ended:
            place.give_up()
        self._taken[who].append(place)
        try:
            yield place
        finally:
            self._taken[who].remove(place)
            if not self._taken[who]:
                del self._taken[who]

    def asleep(self) -> dict[str, list[float]]:
        """By agent, until when those of its waits last that are asleep, seconds since 1970."""
        sleeping = {
            who: [place.until for place in places if place.is_asleep]
            for who, places in self._taken.items()
        }
        return {who: ends for who, ends in sleeping.items() if ends}

    @property
    def many(self) -> int:
        """How many are taken."""
        return sum(map(len, self._taken.values()))

    def end(self) -> None:
        """All waits end as if their time were over, and so do those to come."""
        self._has_ended = True
        for places in self._taken.values():
            for place in places:
                place.give_up()

    def _make_room(self, who: str) -> None:
        staying = [place for place in self._taken.get(who, ()) if not place.is_wanted]
        if len(staying) < MAX_WAITS_PER_AGENT:
            return
        if staying[0].watch.elapsed() < UNDISTURBED_SECONDS:
            raise Unavailable(
                "too_many_waits",
                f"{MAX_WAITS_PER_AGENT} waits have just begun for this agent.",
                "Let them end; one wait on a mailbox hears of all its threads.",
            )
        staying[0].give_up()
