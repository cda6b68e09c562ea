"""What keeps a mail in the outbox that is due: its domain's sending pauses, or it is late, and the
day on which it would go now is full.

Both were asked as it was filed. A pause may have begun since; and what waited for a worker, or for
the end of a pause, must not go on top of what a new sender's day has already.
"""

from postroom.index import reputation
from postroom.index.carrying import Waiting
from postroom.index.database import Connection
from postroom.policy import warmup
from postroom.policy.rules import Policy

KEPT_AT_ONCE = 1_000
"""Sends that a pause keeps in one transaction: about 0.1 s, so that others have room to write."""

LATE = "It was to go on an earlier day of {whose}'s warm-up, and today has no room for it."


def waits(con: Connection, now: float, send: Waiting, policy: Policy | None) -> bool:
    """Whether a send stays queued; what it waits for is written down then. What a person let go
    waits for no pause: they saw that very mail."""
    if not send.outside:
        return False
    paused = None if send.goes_on or send.approved else reputation.paused(con, send.domain)
    if paused is not None:
        keep_back(con, now)
        return True
    return policy is not None and not send.attempts and _is_put_off(con, now, send, policy)


def keep_back(con: Connection, now: float) -> None:
    """Let what is due of paused domains wait for their ends, some of each: what is left is kept at
    the next look, and none of it goes until then."""
    for pause in reputation.to_keep_back(con, now):
        reputation.keep_back(con, now, pause, KEPT_AT_ONCE)


def _is_put_off(con: Connection, now: float, send: Waiting, policy: Policy) -> bool:
    """Whether a send that comes to its turn on a later day than its own has to wait for another."""
    plans = policy.plans(send.address)
    if plans is None or warmup.is_same_day(send.place, now, plans.zone):
        return False
    history = reputation.Outside(con, send.mailbox_id)
    latest = now + warmup.IDLE
    for plan in plans.plans:
        room, full = warmup.first_room(history, plan, now, send.outside, plans.zone, latest)
        if full is not None:
            reason = LATE.format(whose=plan.whose)
            reputation.put_off(con, now, send.id, min(room, latest), reason)
            return True
    reputation.count_at(con, send.id, now)
    return False
