"""/v1/webhooks: endpoints that events are posted to."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, once, part, reading, removing
from postroom.model.webhook_answers import (
    DeliveryList,
    NewWebhook,
    Replayed,
    TestDelivery,
    WebhookList,
    WebhookView,
)
from postroom.model.webhooks import Standing


class Webhooks(Subject[W]):
    """Endpoints, how they stand, and what they were told."""

    @asks
    def create(
        self,
        url: str,
        *,
        agent: str | None = None,
        mailboxes: Sequence[str] = (),
        thread_id: str | None = None,
        types: Sequence[str] = (),
        note: str = "",
        idempotency_key: str | None = None,
    ) -> Call[NewWebhook]:
        """Post events to a URL from now on. The secret that they are signed with is told once:
        where the answer was lost on the way, `Conflict` says so."""
        asked = once(
            "/webhooks",
            idempotency_key,
            url=url,
            agent=agent,
            mailboxes=mailboxes,
            thread_id=thread_id,
            types=types,
            note=note,
        )
        return Call(asked, NewWebhook)

    @asks
    def list(
        self,
        *,
        status: Standing | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Call[WebhookList]:
        """A page of those that are told of your mail; for operators all. Of one status where it is
        named."""
        asked = reading("/webhooks", status=status, limit=limit, cursor=cursor)
        return Call(asked, WebhookList)

    iterate = each(list, lambda page: page.webhooks)

    @asks
    def get(self, webhook_id: str) -> Call[WebhookView]:
        """One of them: what it is told, and how it stands."""
        return Call(reading(f"/webhooks/{part(webhook_id)}"), WebhookView)

    @asks
    def delete(self, webhook_id: str) -> Call[WebhookView]:
        """Take it away, with its secrets and its log."""
        return Call(removing(f"/webhooks/{part(webhook_id)}"), WebhookView)

    @asks
    def deliveries(self, webhook_id: str, *, limit: int | None = None) -> Call[DeliveryList]:
        """The last attempts, the newest first."""
        asked = reading(f"/webhooks/{part(webhook_id)}/deliveries", limit=limit)
        return Call(asked, DeliveryList)

    @asks
    def pause(self, webhook_id: str) -> Call[WebhookView]:
        """Tell it nothing more for now; it keeps its place."""
        asked = changing(f"/webhooks/{part(webhook_id)}/pause").repeatable()
        return Call(asked, WebhookView)

    @asks
    def resume(self, webhook_id: str) -> Call[WebhookView]:
        """Go on where it stopped, at once: also one that was parked."""
        asked = changing(f"/webhooks/{part(webhook_id)}/resume").repeatable()
        return Call(asked, WebhookView)

    @asks
    def rotate(
        self,
        webhook_id: str,
        *,
        grace_seconds: float | None = None,
        idempotency_key: str | None = None,
    ) -> Call[NewWebhook]:
        """Give it another secret, told once; those before sign beside it for a while yet."""
        path = f"/webhooks/{part(webhook_id)}/rotate"
        return Call(once(path, idempotency_key, grace_seconds=grace_seconds), NewWebhook)

    @asks
    def test(self, webhook_id: str) -> Call[TestDelivery]:
        """Post an event of the type webhook.test there, once, and say what became of it."""
        return Call(changing(f"/webhooks/{part(webhook_id)}/test"), TestDelivery)

    @asks
    def replay(self, webhook_id: str, *, since: str) -> Call[Replayed]:
        """Tell it again what happened since then: a time, "24h", or the id of an event."""
        return Call(changing(f"/webhooks/{part(webhook_id)}/replay", since=since), Replayed)
