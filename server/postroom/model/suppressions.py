"""Whom nothing more is sent to: where that holds, and why."""

from enum import StrEnum

from postroom.model.messages import Frozen

EVERYWHERE = "everywhere"
"""The scope of all mailboxes of the post room."""


class Cause(StrEnum):
    """Why nothing more goes to an address."""

    BOUNCE = "bounce"
    """A server said that there is no such mailbox."""
    COMPLAINT = "complaint"
    """Whoever reads there called a mail of ours unwanted."""
    UNSUBSCRIBE = "unsubscribe"
    """They asked for no more, by the link or address of a mail of ours."""
    AGENT = "agent"
    """They asked an agent to stop."""
    OPERATOR = "operator"
    """The operator says so."""


class Suppression(Frozen):
    """An address, where nothing more is sent to it from, and why."""

    address: str
    """Lower case, its domain as the DNS writes it."""
    scope: str
    """``everywhere``, ``tenant:NAME`` or ``mailbox:ADDRESS``."""
    cause: Cause
    note: str = ""
    """More words about it, on one line."""
    at: float
    """Since when, seconds since 1970."""
    actor: str


def of_tenant(tenant: str) -> str:
    """The scope of all mailboxes of a tenant."""
    return f"tenant:{tenant}"


def of_mailbox(address: str) -> str:
    """The scope of one mailbox."""
    return f"mailbox:{address}"
