"""What the desk answers about sends that wait for a person; for operators."""

from typing import Literal

from postroom.model.answers import Answer


class HeldSend(Answer):
    """A send that a person has to decide about."""

    send_id: str
    mailbox: str
    created_at: str
    subject: str
    accepted: tuple[str, ...] = ()
    """Who has got it already, as far as a server said so."""
    refused: tuple[str, ...] = ()
    """Whom a server refused for good."""
    unknown: tuple[str, ...] = ()
    """Of whom nobody knows."""
    waiting: tuple[str, ...] = ()
    """Whom it has not been handed over for."""
    found_in: tuple[str, ...] = ()
    """Where a copy of it has been met since: in Sent, its server took it in some attempt."""
    reason: str | None = None


class HeldList(Answer):
    sends: tuple[HeldSend, ...]


class Decision(Answer):
    """What came of a person's word, and for whom."""

    send_id: str
    status: Literal["queued", "denied"]
    goes_to: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Of a denied one: to whom it was never handed over."""
    reason: str | None = None
    next_step: str | None = None
