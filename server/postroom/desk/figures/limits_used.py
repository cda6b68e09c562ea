"""How much of what mailboxes may send they have sent, and domains and mailboxes that are new."""

import math
from collections.abc import Iterator

from postroom.index import mailboxes, reputation, sent_rates
from postroom.index.database import Connection
from postroom.model.figures_answers import LimitUsed
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.policy import warmup
from postroom.policy.rules import Policy

MOST_MAILBOXES = 500
"""Each is counted by each rate."""


def limits_used(con: Connection, now: float, policy: Policy) -> tuple[list[LimitUsed], int]:
    """(of each live mailbox, the fullest first; how many mailboxes were not counted)."""
    live = [box for box in mailboxes.every(con) if box.status is MailboxStatus.LIVE]
    counted = live[:MOST_MAILBOXES]
    found = [one for box in counted for one in _of(con, now, policy, box)]
    found += _of_plans(con, now, policy, counted)
    found.sort(key=lambda one: (-one.used / one.most, one.mailbox, one.most))
    return found, len(live) - len(counted)


def _of(con: Connection, now: float, policy: Policy, box: Mailbox) -> Iterator[LimitUsed]:
    outbox = sent_rates.Outbox(con, box)
    for rate in policy.limits.mailbox:
        after, before = now - rate.window, math.nextafter(now, math.inf)
        used = outbox.within("mailbox", "", after, before, rate.count)
        yield LimitUsed(mailbox=box.address, rate=str(rate), used=used, most=rate.count)


def _of_plans(
    con: Connection, now: float, policy: Policy, boxes: list[Mailbox]
) -> Iterator[LimitUsed]:
    """Today of each plan that is not over."""
    plans = {plan: box.id for box in boxes for plan in policy.warmup.plans(box.address)}
    for plan, box_id in plans.items():
        day = warmup.day_of(reputation.Outside(con, box_id), plan, now, policy.zone)
        if day is not None:
            rate = f"{day.most} recipients outside on {day}"
            yield LimitUsed(mailbox=plan.whose, rate=rate, used=day.used, most=day.most)
