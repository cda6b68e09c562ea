"""A new domain, or a new mailbox, begins with few recipients a day and has more from day to day.

A plan says how many recipients outside may be written to on its first day, its second day, and so
on; behind its last day it says nothing. What counts as a day is one on which something went
outside, or has its turn there: a domain that was silent for a week is known no better for it. After
`IDLE` without any mail a plan begins anew, as receivers forget by then. A day is one of the
operator's zone; those before it are looked at as spans of 24 hours behind its beginning.

Another mail never makes a day's bound smaller, as volumes never fall: what has its place keeps it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

DAY = 86_400.0

IDLE = 30 * DAY
"""Seconds without mail outside after which a plan begins anew: receivers keep what they know of a
sender for about a month."""

EVERY = "*"

BY_DOMAIN, BY_MAILBOX = "warmup.domain", "warmup.mailbox"


@dataclass(frozen=True)
class Plan:
    """The volumes of one domain or mailbox."""

    limit: str
    """`BY_DOMAIN` or `BY_MAILBOX`."""
    whose: str
    volumes: tuple[int, ...]


@dataclass(frozen=True)
class PlanDay:
    """A day of a plan that is not over."""

    plan: Plan
    number: int
    """1 for the first."""
    used: int
    """Recipients outside whose mail went out on that day, or has its turn there."""
    ends: float
    """Seconds since 1970."""

    @property
    def most(self) -> int:
        return self.plan.volumes[self.number - 1]

    @property
    def left(self) -> int:
        return max(self.most - self.used, 0)

    def __str__(self) -> str:
        """Such as "day 2 of 8 of its warm-up"."""
        return f"day {self.number} of {len(self.plan.volumes)} of its warm-up"


@dataclass(frozen=True)
class Warmup:
    """Which plans there are. No volumes are no plan."""

    domain: tuple[int, ...] = ()
    mailbox: tuple[int, ...] = ()
    domains: frozenset[str] = frozenset({EVERY})
    """Whose mail they are for."""
    horizon: float = 3 * DAY
    """How long a mail over a plan may wait for its turn, seconds."""

    def plans(self, address: str) -> tuple[Plan, ...]:
        """The plans that hold for mail from an address."""
        domain = address.rpartition("@")[2]
        if not self.domains & {EVERY, domain}:
            return ()
        found = (Plan(BY_DOMAIN, domain, self.domain), Plan(BY_MAILBOX, address, self.mailbox))
        return tuple(plan for plan in found if plan.volumes)


class OutsideHistory(Protocol):
    """When mail went outside, or is to."""

    def outside(self, plan: Plan, first: float, end: float) -> int:
        """To how many recipients, from a moment on and before another."""
        ...

    def number(self, plan: Plan, begins: float) -> int:
        """Which day of a plan it is that begins then, as `numbered` says; one more than the plan
        has where it is over."""
        ...


def numbered(last_before: Callable[[float], float | None], begins: float, days: int) -> int:
    """The number of a day that begins then: 1, and one more for each span of 24 hours before it in
    which something went outside, back to where nothing did for as long as `IDLE`; at most one more
    than ``days``. ``last_before`` says when the last mail went before a moment."""
    number, first = 1, begins
    while number <= days:
        last = last_before(first)
        if last is None or first - last >= IDLE:
            break
        number, first = number + 1, begins - DAY * math.ceil((begins - last) / DAY)
    return number


def day_of(history: OutsideHistory, plan: Plan, at: float, zone: tzinfo | None) -> PlanDay | None:
    """The day of a plan that a moment lies in; None where the plan is over by then."""
    begins, ends = _bounds(at, zone)
    number = history.number(plan, begins)
    if number > len(plan.volumes):
        return None
    return PlanDay(plan, number, history.outside(plan, begins, ends), ends)


def first_room(
    history: OutsideHistory, plan: Plan, at: float, more: int, zone: tzinfo | None, end: float
) -> tuple[float, PlanDay | None]:
    """The first moment from ``at`` on at which ``more`` recipients have room, any behind ``end``
    for none, and the day that had none first."""
    full: PlanDay | None = None
    while at <= end:
        today = day_of(history, plan, at, zone)
        if today is None or today.left >= more:
            break
        full, at = full or today, today.ends
    return at, full


def is_same_day(one: float, other: float, zone: tzinfo | None) -> bool:
    """Whether two moments lie in one day."""
    first, end = _bounds(one, zone)
    return first <= other < end


def day_begins(at: float, zone: tzinfo | None) -> float:
    """When the day of a moment begins."""
    return _bounds(at, zone)[0]


def _bounds(at: float, zone: tzinfo | None) -> tuple[float, float]:
    """When the day of a moment begins and ends; where a clock is put forward at midnight, its first
    moment is."""
    today = datetime.fromtimestamp(at, UTC).astimezone(zone).date()
    return _midnight(today, zone), _midnight(today + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo | None) -> float:
    return datetime.combine(day, time.min, zone).timestamp()
