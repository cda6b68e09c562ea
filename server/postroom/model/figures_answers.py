"""What the desk answers about how much goes in and out, and how fast; for operators."""

from postroom.model.policy_answers import Told


class Hour(Told):
    """The mail of one hour."""

    begins_at: str
    came_in: int
    went_out: int


class Waited(Told):
    """How many answers took how long."""

    up_to: str
    """Such as "5 min"; of the last, "longer"."""
    count: int


class Queued(Told):
    """What stands in the outbox in one state."""

    status: str
    count: int
    oldest_at: str | None = None


class LimitUsed(Told):
    """How much of what a mailbox, or a new domain, may send it has sent."""

    mailbox: str
    """Or the domain."""
    rate: str
    """As it is told, such as "200 an hour"."""
    used: int
    most: int


class Figures(Told):
    """How much, how fast, how full."""

    as_of: str
    hours: tuple[Hour, ...]
    """The oldest first; the last one goes on."""
    answered_within: tuple[Waited, ...]
    """Of what was answered in the last seven days."""
    median_seconds: float | None = None
    queue: tuple[Queued, ...]
    limits: tuple[LimitUsed, ...]
    """The fullest first."""
    more_limits: int | None = None
    """Mailboxes of which it is not told."""


class Delivery(Told):
    """A send, and what became of it for each recipient."""

    send_id: str
    status: str
    mailbox: str
    asked_by: str
    created_at: str
    settled_at: str | None = None
    attempts: int
    subject: str
    reason: str | None = None
    recipients: tuple["Delivered", ...]


class Delivered(Told):
    """What a server said of one recipient."""

    address: str
    outcome: str | None = None
    reply: str | None = None


class DeliveryList(Told):
    """Sends, the newest first."""

    deliveries: tuple[Delivery, ...]
    before: str | None = None
    """The send that older ones are asked for with; None where there are none."""
