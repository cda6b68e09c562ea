"""When a mail may go by the limits: at once, at its turn, or never.

A mail over a limit is paced: it waits in the outbox, queued, for the moment at which it is within
every limit. A denial would make a model try again; so only what would have to wait beyond the
horizon is denied, in words that do not invite that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from postroom.desk.times import iso
from postroom.index import sent_rates
from postroom.index.database import Connection
from postroom.model.mailboxes import Mailbox
from postroom.model.verdicts import Action, RecipientFacts, Verdict
from postroom.policy.rates import Limits, Rate

NEVER = float("inf")


@dataclass(frozen=True)
class Turn:
    """When a mail may go, and the limit that says so."""

    at: float
    limit: str
    """The key of the limit: ``mailbox``, ``domain`` …"""
    rate: Rate


def turn(
    con: Connection,
    now: float,
    limits: Limits,
    box: Mailbox,
    recipients: tuple[RecipientFacts, ...],
) -> Turn | None:
    """The latest of the turns that the limits give a mail; None where it may go at once."""
    turns = [one for one in _turns(con, now, limits, box, recipients) if one.at > now]
    return max(turns, key=lambda one: one.at, default=None)


def paced(verdict: Verdict, turn: Turn | None, now: float, horizon: float) -> Verdict:
    """The verdict on a mail that is allowed, with what the limits say of it."""
    if turn is None or verdict.action is not Action.ALLOW:
        return verdict
    so_much = f"{_WHO[turn.limit]} {turn.rate}"
    if turn.at - now > horizon:
        return verdict.model_copy(
            update={
                "action": Action.DENY,
                "rule": f"limits.{turn.limit}",
                "reason": f"{so_much}, and there is no room for this mail within the time that a"
                " mail may wait. It is not sent, and sending it again changes nothing: tell the"
                " user.",
            }
        )
    return verdict.model_copy(
        update={"reason": f"{so_much}: it goes out by itself at {iso(turn.at)}."}
    )


_WHO = {
    "mailbox": "This mailbox may send",
    "agent": "All your mailboxes together may send",
    "recipient": "One of the recipients may be sent",
    "domain": "A domain among the recipients may be sent",
    "first_contacts": "Of people never written to before, you may write to",
}


def _turns(
    con: Connection,
    now: float,
    limits: Limits,
    box: Mailbox,
    recipients: tuple[RecipientFacts, ...],
) -> Iterator[Turn]:
    for rate in limits.mailbox:
        last = sent_rates.of_mailbox(con, box.id, rate.count, now - rate.window)
        yield _after(last, "mailbox", rate)
    for rate in limits.agent:
        last = sent_rates.of_owner(con, box.owner, rate.count, now - rate.window)
        yield _after(last, "agent", rate)
    for rate in limits.recipient:
        for address in {one.address for one in recipients}:
            yield _after(sent_rates.to_address(con, address, rate.count), "recipient", rate)
    for rate in limits.domain:
        for domain in {one.domain for one in recipients}:
            yield _after(sent_rates.to_domain(con, domain, rate.count), "domain", rate)
    new = sum(one.first_contact for one in recipients)
    for rate in limits.first_contacts if new else ():
        yield _of_first_contacts(con, now, box.owner, new, rate)


def _after(last: float | None, limit: str, rate: Rate) -> Turn:
    """The turn of a mail when the window's last but ``count`` mail has left it."""
    return Turn(0.0 if last is None else last + rate.window, limit, rate)


def _of_first_contacts(con: Connection, now: float, owner: int, new: int, rate: Rate) -> Turn:
    """The turn of a mail to ``new`` people never met before."""
    left = rate.count - new
    if left < 0:
        return Turn(NEVER, "first_contacts", rate)
    for at, count in sent_rates.first_contacts(con, owner, now - rate.window):
        left -= count
        if left < 0:
            return _after(at, "first_contacts", rate)
    return _after(None, "first_contacts", rate)
