"""How much of what mailboxes may send they have sent."""

import math
from collections.abc import Iterator

from postroom.index import mailboxes, sent_rates
from postroom.index.database import Connection
from postroom.model.figures_answers import LimitUsed
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.policy.rates import Limits

MOST_MAILBOXES = 500
"""Each is counted by each rate."""


def limits_used(con: Connection, now: float, limits: Limits) -> tuple[list[LimitUsed], int]:
    """(of each live mailbox, the fullest first; how many mailboxes were not counted)."""
    live = [box for box in mailboxes.every(con) if box.status is MailboxStatus.LIVE]
    counted = live[:MOST_MAILBOXES]
    found = [one for box in counted for one in _of(con, now, limits, box)]
    found.sort(key=lambda one: (-one.used / one.most, one.mailbox, one.most))
    return found, len(live) - len(counted)


def _of(con: Connection, now: float, limits: Limits, box: Mailbox) -> Iterator[LimitUsed]:
    outbox = sent_rates.Outbox(con, box)
    for rate in limits.mailbox:
        after, before = now - rate.window, math.nextafter(now, math.inf)
        used = outbox.within("mailbox", "", after, before, rate.count)
        yield LimitUsed(mailbox=box.address, rate=str(rate), used=used, most=rate.count)
