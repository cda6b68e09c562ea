"""What limits and plans make of a mail that is allowed, counted in the transaction that files it.

A mail over a limit is paced: it waits in the outbox, queued, for the moment at which it is within
every limit. A denial would make a model try again; so only what would have to wait beyond the
horizon is denied, in words that do not invite that.
"""

from postroom.desk.times import iso
from postroom.index.database import Connection
from postroom.index.turns import Beside
from postroom.model.mailboxes import Mailbox
from postroom.model.verdicts import Action, RecipientFacts, Verdict
from postroom.policy import turns
from postroom.policy.rules import LIMITS, Policy
from postroom.policy.turns import Turn
from postroom.policy.warmup import PlanDay

_WHO = {
    "mailbox": "This mailbox may send",
    "agent": "All your mailboxes together may send",
    "recipient": "One of the recipients may be sent",
    "domain": "A domain among the recipients may be sent",
    "first_contacts": "Of people never written to before, you may write to",
}


def turn(
    con: Connection,
    at: float,
    policy: Policy,
    box: Mailbox,
    recipients: tuple[RecipientFacts, ...],
) -> Turn | None:
    """When a mail from ``box`` that would go at ``at`` may go; None for just then."""
    plans = policy.plans(box.address)
    return turns.turn(Beside(con, box), at, policy.limits, recipients, plans)


def paced(verdict: Verdict, turn: Turn | None, at: float) -> Verdict:
    """A verdict with what the limits say of a mail that would go at ``at``: only one that is
    allowed has a turn."""
    if turn is None or verdict.action is not Action.ALLOW:
        return verdict
    so_much = _so_much(turn)
    if turn.at - at <= turn.horizon:
        reason = f"{so_much}: it goes out by itself at {iso(turn.at)}."
        return verdict.model_copy(update={"reason": reason})
    reason = (
        f"{so_much}, and there is no room for this mail within the time that a mail may wait. It is"
        " not sent, and sending it again changes nothing: tell the user."
    )
    denied = {"action": Action.DENY, "rule": f"{LIMITS}{turn.limit}", "reason": reason}
    return verdict.model_copy(update=denied)


def _so_much(turn: Turn) -> str:
    """What may go, and of a plan what is left of that."""
    if not isinstance(turn.rate, PlanDay):
        return f"{_WHO[turn.limit]} {turn.rate}"
    day = turn.rate
    return (
        f"{day.plan.whose} is on {day}, on which it may write to {day.most} recipients outside,"
        f" and {day.left} of them {'is' if day.left == 1 else 'are'} left until {iso(day.ends)}"
    )
