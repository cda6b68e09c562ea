"""Endpoints that events are posted to: what they hear, and how they stand."""

from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import SecretStr

from postroom.model.callers import Caller
from postroom.model.event_filters import About, Wanted, may_hear
from postroom.model.messages import Frozen


class WebhookStatus(StrEnum):
    """How an endpoint stands."""

    ACTIVE = "active"
    """It is told of what happens."""
    PAUSED = "paused"
    """Somebody stopped it; it keeps its place."""
    PARKED = "parked"
    """It could not be reached for a day, or said that it is gone; it keeps its place."""


Standing = Literal["active", "failing", "paused", "parked"]
"""The same as it is told: ``failing`` is an active one where something did not arrive and is tried
again."""


class Hears(Frozen):
    """Which events go to an endpoint."""

    owner: Caller
    """Whose it is, kept to what its maker reaches: nothing else is ever told."""
    mailboxes: tuple[str, ...] = ()
    """Patterns, as a `Caller` has them; none for all."""
    wanted: Wanted = Wanted()

    def takes(self, about: About) -> bool:
        if not may_hear(self.owner, about) or not self.wanted.takes(about):
            return False
        return not self.mailboxes or bool(about.mailbox and self._named.reaches(about.mailbox))

    @cached_property
    def _named(self) -> Caller:
        return Caller(mailboxes=self.mailboxes)


class SigningSecret(Frozen):
    """One of an endpoint's secrets, in the form ``whsec_…``."""

    value: SecretStr
    until: float | None = None
    """Seconds since 1970; None for the newest."""


class Webhook(Frozen):
    """An endpoint as the index keeps it."""

    id: int
    public_id: str
    url: str
    hears: Hears
    note: str
    created_at: float
    status: WebhookStatus
    status_at: float
    reason: str
    """Why it is parked, in a sentence of our own."""
    generation: int
    position: int
    """Everything up to there was told, but for what its lanes have yet to be."""
    failures: int
    """In a row, of the whole endpoint: nobody answered there."""
    failing_since: float | None
    next_at: float | None
    delivered_at: float | None
    attempts: int
    """Ever made."""


class Lane(Frozen):
    """A conversation that an endpoint has not been told to the end."""

    name: str
    mailbox: str
    position: int
    """The first event that has yet to be told."""
    failures: int
    failing_since: float | None
    next_at: float


class Attempt(Frozen):
    """One delivery that was tried."""

    number: int
    at: float
    message_id: str
    type: str
    attempt: int
    status: int | None
    """What the endpoint answered; None where it did not."""
    milliseconds: int
    fault: str
    """Why it did not arrive, in words of our own; "" where it did."""
