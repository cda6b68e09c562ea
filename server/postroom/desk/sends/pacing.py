"""What the limits make of a mail that is allowed, counted in the transaction that files it.

A mail over a limit is paced: it waits in the outbox, queued, for the moment at which it is within
every limit. A denial would make a model try again; so only what would have to wait beyond the
horizon is denied, in words that do not invite that.
"""

from collections.abc import Iterator

from postroom.desk.times import iso
from postroom.index import sent_rates
from postroom.index.database import Connection
from postroom.model.mailboxes import Mailbox
from postroom.model.verdicts import Action, RecipientFacts, Verdict
from postroom.policy import turns
from postroom.policy.rates import Limits
from postroom.policy.rules import LIMITS
from postroom.policy.turns import Counted, Turn

_WHO = {
    "mailbox": "This mailbox may send",
    "agent": "All your mailboxes together may send",
    "recipient": "One of the recipients may be sent",
    "domain": "A domain among the recipients may be sent",
    "first_contacts": "Of people never written to before, you may write to",
}


class _Outbox:
    """The history of a mailbox, as the outbox tells it."""

    def __init__(self, con: Connection, box: Mailbox) -> None:
        self._outbox = sent_rates.Outbox(con, box)

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        return self._outbox.within(of.limit, of.whom, after, before, most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        return self._outbox.times(of.limit, of.whom, after)


def turn(
    con: Connection,
    at: float,
    limits: Limits,
    box: Mailbox,
    recipients: tuple[RecipientFacts, ...],
) -> Turn | None:
    """When a mail from ``box`` that would go at ``at`` may go; None for just then."""
    return turns.turn(_Outbox(con, box), at, limits, recipients)


def paced(verdict: Verdict, turn: Turn | None, at: float, horizon: float) -> Verdict:
    """A verdict with what the limits say of a mail that would go at ``at``: only one that is
    allowed has a turn."""
    if turn is None or verdict.action is not Action.ALLOW:
        return verdict
    so_much = f"{_WHO[turn.limit]} {turn.rate}"
    if turn.at - at <= horizon:
        reason = f"{so_much}: it goes out by itself at {iso(turn.at)}."
        return verdict.model_copy(update={"reason": reason})
    reason = (
        f"{so_much}, and there is no room for this mail within the time that a mail may wait. It is"
        " not sent, and sending it again changes nothing: tell the user."
    )
    denied = {"action": Action.DENY, "rule": f"{LIMITS}{turn.limit}", "reason": reason}
    return verdict.model_copy(update=denied)
