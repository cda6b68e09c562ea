"""What an operator asks about how much goes in and out, and how fast."""

import statistics
from collections.abc import Sequence

from postroom.desk import door
from postroom.desk.figures.deliveries import deliveries
from postroom.desk.figures.limits_used import limits_used
from postroom.desk.times import iso, iso_if_any
from postroom.index import figures
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.figures_answers import DeliveryList, Figures, Hour, Queued, Waited
from postroom.policy_file import CurrentPolicy

HOURS = 48
"""Two days: today beside yesterday."""

ANSWERS_SECONDS = 7 * 86_400.0

MOST_LIMITS = 50
MOST_DELIVERIES = 50

_SPANS = (
    ("1 min", 60.0),
    ("5 min", 300.0),
    ("15 min", 900.0),
    ("1 hour", 3600.0),
    ("4 hours", 14_400.0),
    ("1 day", 86_400.0),
    ("longer", float("inf")),
)


class FiguresDesk:
    """The operator's desk for figures."""

    def __init__(self, index: Index, policy: CurrentPolicy) -> None:
        self._index = index
        self._policy = policy

    async def show(self, caller: Caller) -> Figures:
        """Mail by the hour, how long answers took, the outbox, and how full the limits are."""
        door.for_operators(caller)
        policy, now = await self._policy.now(), self._index.clock()

        def look(con: Connection) -> Figures:
            used, uncounted = limits_used(con, now, policy)
            took = figures.took(con, now - ANSWERS_SECONDS)
            return Figures(
                as_of=iso(now),
                hours=_hours(con, now),
                answered_within=_within(took),
                median_seconds=statistics.median(took) if took else None,
                queue=_queue(con),
                limits=tuple(used[:MOST_LIMITS]),
                more_limits=uncounted or None,
            )

        return await self._index.read(look)

    async def queue(self, caller: Caller) -> tuple[Queued, ...]:
        """The outbox, a line a state."""
        door.for_operators(caller)
        return await self._index.read(_queue)

    async def deliveries(self, caller: Caller, before: str | None = None) -> DeliveryList:
        """Sends, the newest first, or those older than one, and what became of each.

        Raises:
            NotFound: there is no such send.
        """
        door.for_operators(caller)

        def look(con: Connection) -> DeliveryList:
            place = door.send(con, caller, before)["id"] if before else figures.LATEST
            return deliveries(con, place, MOST_DELIVERIES)

        return await self._index.read(look)


def _queue(con: Connection) -> tuple[Queued, ...]:
    return tuple(
        Queued(
            status=row["status"],
            count=row["count"],
            oldest_at=iso_if_any(row["oldest"]),
        )
        for row in figures.queue(con)
    )


def _hours(con: Connection, now: float) -> tuple[Hour, ...]:
    since = now // 3600 * 3600 - (HOURS - 1) * 3600
    came_in, went_out = figures.came_in(con, since), figures.went_out(con, since)
    return tuple(
        Hour(
            begins_at=iso(since + number * 3600),
            came_in=came_in.get(number, 0),
            went_out=went_out.get(number, 0),
        )
        for number in range(HOURS)
    )


def _within(took: Sequence[float]) -> tuple[Waited, ...]:
    """How many lie in each span and in none before it."""
    counts, least = [], 0.0
    for name, most in _SPANS:
        counts.append(Waited(up_to=name, count=sum(least <= each < most for each in took)))
        least = most
    return tuple(counts)
