"""When a mail may go by the limits: at once, or when there is room for it.

A rate is kept where no window of its length holds more than its count, wherever the window begins.
So a mail at a moment stands beside what goes in the window before it and in the window behind it:
what is scheduled, or waits for its own turn, has its place there and leaves the rest alone. One
pass over the times finds the first moment with room (`_first_room`):

    run     neighbours that are as many as may go: one more within their window is too much
    moment  one that lies in a window with such a run moves to where the run's first has left it

Runs are met in the order of their ends, and a moment moves only behind the beginning of one, so
that no run that was passed is met again.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Protocol

from postroom.model.verdicts import RecipientFacts
from postroom.policy import warmup
from postroom.policy.rates import Limits, Rate
from postroom.policy.warmup import OutsideHistory, Plan, PlanDay, Warmup

NEVER = float("inf")


@dataclass(frozen=True)
class Turn:
    """When a mail may go, and the limit that says so."""

    at: float
    limit: str
    """The key of the limit: ``mailbox``, ``domain``, ``warmup.domain`` …"""
    rate: Rate | PlanDay
    """So much may go; of a plan, the day on which there was no room."""
    horizon: float
    """How long it may wait, seconds."""


@dataclass(frozen=True)
class Counted:
    """What a limit counts."""

    limit: str
    """Its key: ``mailbox``, ``agent``, ``recipient``, ``domain``, ``first_contacts``."""
    whom: str = ""
    """The address or the domain, of a limit by recipient or by domain."""


@dataclass(frozen=True)
class Plans:
    """The plans that a mail's sender is held to."""

    rules: Warmup
    plans: tuple[Plan, ...]
    zone: tzinfo | None


class History(OutsideHistory, Protocol):
    """When the mails went out, or are to, that count beside one more of the same mailbox; seconds
    since 1970. A mail counts once, of first contacts as often as it has people never met before."""

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        """How many lie between two moments, neither of them included; ``most`` where there are as
        many or more."""
        ...

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        """(moment, how many) of each mail later than ``after``, oldest first."""
        ...


def turn(
    history: History,
    at: float,
    limits: Limits,
    recipients: tuple[RecipientFacts, ...],
    plans: Plans | None = None,
) -> Turn | None:
    """When a mail that would go at ``at`` may go by all limits and plans; None for just then. A
    turn behind the horizon says no more than that there is none before it. What a plan puts off may
    wait as long as plans allow."""
    asked = list(_asked(limits, recipients))
    found, start, horizon = None, at, limits.horizon
    while at <= start + horizon:
        before = at
        for of, more, rate in asked:
            room = _first_room(history, of, at, more, rate, start + horizon)
            if room > at:
                at, found = room, Turn(room, of.limit, rate, horizon)
        longer = max(horizon, plans.rules.horizon) if plans else horizon
        if plans and (later := _by_plans(history, at, start + longer, plans, recipients)):
            at, found, horizon = later.at, replace(later, horizon=longer), longer
        if at == before:
            break
    return found


def _by_plans(
    history: History,
    at: float,
    end: float,
    plans: Plans,
    recipients: tuple[RecipientFacts, ...],
) -> Turn | None:
    """The first moment behind ``at`` at which the plans have room; None where it is ``at``."""
    more, found = sum(not one.ours for one in recipients), None
    for plan in plans.plans if more else ():
        room, full = warmup.first_room(history, plan, at, more, plans.zone, end)
        if full is not None:
            at, found = room, Turn(room, plan.limit, full, plans.rules.horizon)
    return found


def _asked(
    limits: Limits, recipients: tuple[RecipientFacts, ...]
) -> Iterator[tuple[Counted, int, Rate]]:
    """What a mail to ``recipients`` is counted by, for how many it counts, and what may go."""
    addresses = sorted({one.address for one in recipients})
    domains = sorted({one.domain for one in recipients})
    new = sum(one.first_contact for one in recipients)
    yield from ((Counted("mailbox"), 1, rate) for rate in limits.mailbox)
    yield from ((Counted("agent"), 1, rate) for rate in limits.agent)
    for rate in limits.recipient:
        yield from ((Counted("recipient", each), 1, rate) for each in addresses)
    for rate in limits.domain:
        yield from ((Counted("domain", each), 1, rate) for each in domains)
    if new:
        yield from ((Counted("first_contacts"), new, rate) for rate in limits.first_contacts)


def _first_room(
    history: History, of: Counted, at: float, more: int, rate: Rate, end: float
) -> float:
    """The first moment from ``at`` on at which ``more`` have room; any behind ``end`` for none."""
    others = rate.count - more
    if others < 0:
        return NEVER
    if history.within(of, at - rate.window, at + rate.window, others + 1) <= others:
        return at
    run: deque[tuple[float, int]] = deque()
    count = 0
    for last, weight in history.times(of, at - rate.window):
        if last >= at + rate.window or at > end:
            break
        run.append((last, weight))
        count += weight
        while count - run[0][1] > others:
            count -= run.popleft()[1]
        first = run[0][0]
        if count > others and max(last, at) - min(first, at) < rate.window:
            at = first + rate.window
    return at
