"""What the limits make of a mail that is allowed, counted in the transaction that files it.

A mail over a limit is paced: it waits in the outbox, queued, for the moment at which it is within
every limit. A denial would make a model try again; so only what would have to wait beyond the
horizon is denied, in words that do not invite that.
"""

from collections.abc import Iterator

from postroom.desk.times import iso
from postroom.index import sent_rates
from postroom.index.database import Connection
from postroom.mime.senders.domains import unicode_domain
from postroom.model.mailboxes import Mailbox
from postroom.model.verdicts import Action, RecipientFacts, Verdict
from postroom.policy import turns
from postroom.policy.rates import Limits
from postroom.policy.rules import LIMITS
from postroom.policy.turns import Turn

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
        self._con = con
        self._box = box

    def of_mailbox(self, nth: int, since: float) -> float | None:
        return sent_rates.of_mailbox(self._con, self._box.id, nth, since)

    def of_agent(self, nth: int, since: float) -> float | None:
        return sent_rates.of_owner(self._con, self._box.owner, nth, since)

    def to_address(self, address: str, nth: int, since: float) -> float | None:
        local, _, domain = address.rpartition("@")
        found = [
            sent_rates.to_address(self._con, self._box.tenant, f"{local}@{form}", nth, since)
            for form in _forms(domain)
        ]
        return max((at for at in found if at is not None), default=None)

    def to_domain(self, domain: str, nth: int, since: float) -> float | None:
        found = [
            sent_rates.to_domain(self._con, self._box.tenant, form, nth, since)
            for form in _forms(domain)
        ]
        return max((at for at in found if at is not None), default=None)

    def first_contacts(self, since: float) -> Iterator[tuple[float, int]]:
        return sent_rates.first_contacts(self._con, self._box.owner, since)


def _forms(domain: str) -> set[str]:
    """How a domain may stand in an envelope: an answer goes to it as its owner writes it."""
    return {domain, unicode_domain(domain)}


def turn(
    con: Connection,
    now: float,
    limits: Limits,
    box: Mailbox,
    recipients: tuple[RecipientFacts, ...],
) -> Turn | None:
    """When a mail from ``box`` may go; None for at once."""
    return turns.turn(_Outbox(con, box), now, limits, recipients)


def paced(verdict: Verdict, turn: Turn | None, now: float, horizon: float) -> Verdict:
    """A verdict with what the limits say of the mail: only one that is allowed has a turn."""
    if turn is None or verdict.action is not Action.ALLOW:
        return verdict
    so_much = f"{_WHO[turn.limit]} {turn.rate}"
    if turn.at - now <= horizon:
        reason = f"{so_much}: it goes out by itself at {iso(turn.at)}."
        return verdict.model_copy(update={"reason": reason})
    reason = (
        f"{so_much}, and there is no room for this mail within the time that a mail may wait. It is"
        " not sent, and sending it again changes nothing: tell the user."
    )
    denied = {"action": Action.DENY, "rule": f"{LIMITS}{turn.limit}", "reason": reason}
    return verdict.model_copy(update=denied)
