"""Turns: when queued mail goes by limits and plans, and a turn that comes sooner than it was said.

    filed           it has the first place that is left            desk/sends/pacing.py
    due             on another day than its own: put off           work/waiting_on.py
    rules change    each that waits is asked again, oldest first   work/turns_again.py

Asking again never makes a turn later, so that what was said holds at least.
"""

from collections.abc import Iterator

from postroom.index import journal, mailboxes, reputation, sends, sent_rates
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.model.sends import SendStatus
from postroom.model.verdicts import Provenance, RecipientFacts
from postroom.policy import turns, warmup
from postroom.policy.rules import Policy
from postroom.policy.turns import Counted, Plans
from postroom.policy.warmup import Plan

sql = named("turns")

NOWHERE = 1e12
"""The place of a send while it is asked for another, seconds since 1970: behind all others."""

LATE_SECONDS = 60.0
"""Due for so long, a send is late."""

SOONER = (
    "The operator's limits or plans allow more than when this mail was written: it goes out by"
    " itself sooner than was said then."
)


class Beside:
    """What goes beside one more mail of a mailbox, as the outbox tells it: `turns.History`."""

    def __init__(self, con: Connection, box: Mailbox) -> None:
        self._outbox = sent_rates.Outbox(con, box)
        self._outside = reputation.Outside(con, box.id)

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        return self._outbox.within(of.limit, of.whom, after, before, most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        return self._outbox.times(of.limit, of.whom, after)

    def outside(self, plan: Plan, first: float, end: float) -> int:
        return self._outside.outside(plan, first, end)

    def number(self, plan: Plan, begins: float) -> int:
        return self._outside.number(plan, begins)


def waiting(con: Connection, now: float, after: int, most: int) -> list[Row]:
    """Sends that wait for their turn behind a row id, oldest first."""
    return list(sql.waiting(con, now=now, after=after, most=most))


def any_late(con: Connection, now: float) -> bool:
    """Whether older mail is on its way to its turn: what was kept by a pause, or waited for a
    worker, is asked as it goes (work/waiting_on.py), before what waits for a day to come."""
    found: int | None = sql.any_late(con, before=now - LATE_SECONDS)
    return found is not None


def last_resumed(con: Connection) -> float:
    """When a person last let a domain go on, seconds since 1970; 0 for never."""
    return float(sql.last_resumed(con) or 0.0)


def ask_again(con: Connection, now: float, send_id: int, policy: Policy) -> bool:
    """Whether a send that waits for its turn goes sooner, by the rules that hold now. Where its
    leaving a day would make a later day's bound smaller than what has its place there, it stays."""
    row = sends.by_id(con, send_id)
    box = mailboxes.by_id(con, row["mailbox_id"]) if row is not None else None
    if row is None or box is None or not _waits(row, now):
        return False
    con.execute("SAVEPOINT one_turn")
    sql.set_place(con, id=send_id, at=NOWHERE)
    history, plans = Beside(con, box), policy.plans(box.address)
    asked = max(now, row["turn_from"])
    found = turns.turn(history, asked, policy.limits, _recipients(con, row), plans)
    at = found.at if found else asked
    sooner: bool = at < row["not_before"]
    if sooner:
        sql.bring_forward(con, id=send_id, at=at, reason=SOONER if at > now else "")
        sooner = plans is None or not _is_over(con, history, plans, row)
    if not sooner:
        con.execute("ROLLBACK TO one_turn")
    con.execute("RELEASE one_turn")
    if sooner:
        _tell(con, now, row)
    return sooner


def _waits(row: Row, now: float) -> bool:
    queued = row["status"] == SendStatus.QUEUED and not row["attempts"]
    return queued and row["turn_from"] is not None and row["not_before"] > now


def _is_over(con: Connection, history: Beside, plans: Plans, row: Row) -> bool:
    """Whether a plan has more on a day behind the one that a send left than it allows there: a day
    that is empty now is none, and those behind it are a step further back."""
    for plan in plans.plans if row["outside"] else ():
        at: float = row["not_before"]
        left = warmup.day_of(history, plan, at, plans.zone)
        if left is not None and left.used:
            continue
        while (after := _next(con, plan, row, at)) is not None:
            day = warmup.day_of(history, plan, after, plans.zone)
            if day is None:
                break
            if day.used > day.most:
                return True
            at = day.ends
    return False


def _next(con: Connection, plan: Plan, row: Row, at: float) -> float | None:
    """When the first mail of a plan goes from a moment on."""
    if plan.limit == warmup.BY_DOMAIN:
        found: float | None = sql.next_of_domain(con, whose=plan.whose, at=at)
    else:
        found = sql.next_of_mailbox(con, whose=row["mailbox_id"], at=at)
    return found


def _recipients(con: Connection, row: Row) -> tuple[RecipientFacts, ...]:
    """Whom a send is for, as far as limits and plans look at it."""
    known = {plain_address(each["address"]): each for each in sends.recipients(con, row["id"])}
    return tuple(
        RecipientFacts(
            address=address,
            domain=address.rpartition("@")[2],
            field=each["field"],
            provenance=Provenance.NEW,
            first_contact=number < row["first_contacts"],
            ours=not each["outside"],
        )
        for number, (address, each) in enumerate(known.items())
    )


def _tell(con: Connection, at: float, row: Row) -> None:
    journal.append(
        con,
        at,
        EventType.SEND_DEFERRED,
        "worker",
        mailbox_id=row["mailbox_id"],
        thread_id=row["thread_id"],
        mail_id=row["mail_id"],
        send_id=row["id"],
        detail="sooner",
    )
