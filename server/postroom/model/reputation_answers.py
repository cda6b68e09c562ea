"""What the desk answers about how a domain stands with those whom it writes to; for operators."""

from typing import Literal

from postroom.model.policy_answers import Told


class WarmupDay(Told):
    """Today, in the plan of a domain or a mailbox that is new."""

    whose: str
    day: int
    days: int
    """Of the whole plan."""
    most: int
    """Recipients outside who may be written to today."""
    used: int
    left: int
    until: str
    """When the day ends."""


class LossView(Told):
    """What speaks against a domain in one way."""

    recipients: int
    people: int
    """How many different ones at least said so: all that is reported of one mail to several may be
    the word of one of them."""
    share: float
    """Of all recipients outside."""
    warn: float | None = None
    """The share at which an operator is told …"""
    pause: float | None = None
    """… and that at which sending pauses; left out where it never does."""


class DomainReputation(Told):
    """How one domain stands."""

    domain: str
    state: Literal["well", "warn", "paused"]
    says: str
    """The same in words."""
    paused_at: str | None = None
    waiting: int | None = None
    """Mails that the pause keeps."""
    since: str
    """From when on it is counted: the window's beginning, or when a person let it go on."""
    recipients: int
    """Outside, each counted once for each mail."""
    least: int
    """Of these, before shares say anything."""
    people: int
    """Different ones who must speak against it, before shares do."""
    bounces: LossView
    complaints: LossView
    warmup: WarmupDay | None = None
    """Left out where no plan holds, or it is over."""
    mailboxes: tuple[WarmupDay, ...] | None = None
    """The same of its mailboxes; the fullest, at most a hundred."""
    next_step: str | None = None


class ReputationList(Told):
    domains: tuple[DomainReputation, ...]


class Resumed(Told):
    """A domain goes on."""

    domain: str
    sends: int
    """How many mails had waited, and go now."""
