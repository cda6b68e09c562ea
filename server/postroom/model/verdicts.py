"""What policy says of a draft, and what it was told about it."""

from enum import StrEnum

from postroom.model.messages import Frozen


class Action(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


class Verdict(Frozen):
    """The rule that decided, what it decided, and the sentence an agent reads."""

    action: Action
    rule: str
    reason: str = ""


class DraftFacts(Frozen):
    """What policy may look at. Facts only: no connection, no clock, no index."""

    agent: str
    mailbox: str
    recipients: tuple[str, ...]
    subject: str
    size: int
    """The composed message, bytes."""
    attachments: int
    in_thread: bool
