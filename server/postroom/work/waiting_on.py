"""What keeps a mail in the outbox that is due: its domain's sending pauses, or the day on which it
would go now is full.

Both were asked as it was filed. A pause may have begun since; and what waited for a worker, for a
server that nobody reached, or for the end of a pause, must not go on top of what a new sender's day
has already.
"""

from datetime import tzinfo

from postroom.index import reputation
from postroom.index.carrying import Waiting
from postroom.index.database import Connection
from postroom.policy import warmup
from postroom.policy.rules import Policy
from postroom.policy.warmup import Plan

KEPT_AT_ONCE = 1_000
"""Sends that a pause keeps in one transaction: about 0.1 s, so that others have room to write."""

LATE = "The day of {whose}'s warm-up on which it would go now has no room for it."


def waits(con: Connection, now: float, send: Waiting, policy: Policy | None) -> bool:
    """Whether a send stays queued; what it waits for is written down then. What a person let go
    waits for no pause: they saw that very mail."""
    if not send.outside:
        return False
    paused = None if send.goes_on or send.approved else reputation.paused(con, send.domain)
    if paused is not None:
        keep_back(con, now)
        return True
    return policy is not None and not send.offered and _is_put_off(con, now, send, policy)


def keep_back(con: Connection, now: float) -> None:
    """Let what is due of paused domains wait for their ends, some of each: what is left is kept at
    the next look, and none of it goes until then."""
    for pause in reputation.to_keep_back(con, now):
        reputation.keep_back(con, now, pause, KEPT_AT_ONCE)


def _is_put_off(con: Connection, now: float, send: Waiting, policy: Policy) -> bool:
    """Whether a send that no server has heard of yet has to wait for another day: it comes to its
    turn on a later one than its own, or its own has less room than it had as it was filed. So it
    is once days before it have passed without a server, or without a worker: they count nothing."""
    plans = policy.plans(send.address)
    if plans is None:
        return False
    begins = warmup.day_begins(now, plans.zone)
    history = reputation.Outside(con, send.mailbox_id, since=begins)
    is_late = not warmup.is_same_day(send.place, now, plans.zone)
    latest = now + warmup.IDLE
    for plan in plans.plans:
        if not is_late and _keeps_its_place(history, plan, begins, send, plans.zone):
            continue
        room, full = warmup.first_room(history, plan, now, send.outside, plans.zone, latest)
        if full is not None:
            reason = LATE.format(whose=plan.whose)
            reputation.put_off(con, now, send.id, min(room, latest), reason)
            return True
    if is_late:
        reputation.count_at(con, send.id, now)
    return False


def _keeps_its_place(
    history: reputation.Outside, plan: Plan, begins: float, send: Waiting, zone: tzinfo | None
) -> bool:
    """Whether a day has room for a send that has its place there. Where more have theirs than the
    day's bound, those that come first go."""
    day = warmup.day_of(history, plan, begins, zone)
    if day is None or day.used <= day.most:
        return True
    ahead = history.ahead(plan, begins, day.ends, send.place, send.id)
    return ahead + send.outside <= day.most
