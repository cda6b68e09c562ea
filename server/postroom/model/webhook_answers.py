"""What the desk answers about webhooks."""

from postroom.model.policy_answers import Told
from postroom.model.webhooks import Standing


class DeliveryView(Told):
    """One attempt."""

    at: str
    message_id: str
    """What stands in the header webhook-id."""
    type: str
    attempt: int
    status: int | None = None
    milliseconds: int
    fault: str | None = None


class WebhookView(Told):
    """An endpoint, without its secrets."""

    webhook_id: str
    url: str
    """To agents its host alone: what is behind it may be a secret of whoever made it."""
    status: Standing
    """``failing``: something did not arrive, and is tried again."""
    reason: str | None = None
    """Why it is parked."""
    agent: str | None = None
    """Of whose mail it is told; None for an operator's, which is told of everybody's."""
    mailboxes: tuple[str, ...] | None = None
    thread_id: str | None = None
    types: tuple[str, ...] | None = None
    note: str | None = None
    created_at: str
    delivered_at: str | None = None
    """When something last arrived there."""
    last_delivery: DeliveryView | None = None
    """The last attempt."""
    behind: int | None = None
    """Conversations that are tried again."""
    waiting: int | None = None
    """Where nothing goes to it at the moment: events of the journal behind its place, of which its
    filter takes some."""
    failing_since: str | None = None
    next_try_at: str | None = None
    """When what failed is tried again, while it is told of things."""
    problem: str | None = None
    """What may keep it from being told, besides what answered there."""
    secrets: int = 1
    """How many sign at the moment."""


class NewWebhook(Told):
    """An endpoint whose secret is told, once."""

    webhook: WebhookView
    secret: str


class WebhookList(Told):
    webhooks: tuple[WebhookView, ...]
    next_cursor: str | None = None


class DeliveryList(Told):
    deliveries: tuple[DeliveryView, ...]
    """The newest first."""


class TestDelivery(Told):
    """What became of a delivery that was asked for as a test."""

    __test__ = False  # pytest would take it for tests

    message_id: str
    delivery: DeliveryView | None = None
    """None where nothing is known yet."""
    next_step: str | None = None


class Replayed(Told):
    webhook: WebhookView
    events: int
    """Events of the journal behind the place; those that its filter takes are told again."""
