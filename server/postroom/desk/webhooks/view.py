"""An endpoint and its last attempts, as they are told."""

from urllib.parse import urlsplit

from postroom.desk.times import iso, iso_if_any
from postroom.index import journal, webhooks
from postroom.index.database import Connection
from postroom.model.agent_names import named
from postroom.model.webhook_answers import DeliveryView, WebhookView
from postroom.model.webhooks import Attempt, Lane, Webhook, WebhookStatus


def view(
    con: Connection, hook: Webhook, now: float, *, whole: bool, changed: str = ""
) -> WebhookView:
    """An endpoint without its secrets; ``whole``: with all of its URL, which may hold others.
    ``changed``: that the worker runs with other settings, which may be why it fails."""
    lanes, hears = webhooks.lanes(con, hook.id), hook.hears
    owner, is_active = hears.owner, hook.status is WebhookStatus.ACTIVE
    last = webhooks.logged(con, hook.id, 1)
    stands = not is_active or hook.failures
    failing_since = _first(hook.failing_since, *(lane.failing_since for lane in lanes))
    fails = failing_since is not None or hook.status is WebhookStatus.PARKED
    tries = _tries(hook, lanes) if is_active else []
    return WebhookView(
        webhook_id=hook.public_id,
        url=hook.url if whole else _host_of(hook.url),
        status=webhooks.standing(con, hook),
        reason=hook.reason or None,
        agent=None if owner.is_operator else named(owner.tenant, owner.agent),
        mailboxes=hears.mailboxes or owner.mailboxes or None,
        thread_id=hears.wanted.thread or owner.thread,
        types=hears.wanted.types or None,
        note=hook.note or None,
        created_at=iso(hook.created_at),
        delivered_at=iso_if_any(_arrived_at(con, hook)),
        last_delivery=delivery(last[0]) if last else None,
        behind=len(lanes) or None,
        waiting=journal.last_position(con) - hook.position if stands else None,
        failing_since=failing_since,
        next_try_at=_first(*(max(at, now) for at in tries)),
        problem=(fails and changed) or None,
        secrets=len(webhooks.secrets(con, hook.id, now)),
    )


def delivery(attempt: Attempt) -> DeliveryView:
    return DeliveryView(
        at=iso(attempt.at),
        message_id=attempt.message_id,
        type=attempt.type,
        attempt=attempt.attempt,
        status=attempt.status,
        milliseconds=attempt.milliseconds,
        fault=attempt.fault or None,
    )


def _arrived_at(con: Connection, hook: Webhook) -> float | None:
    """When something last arrived, a test too."""
    arrived = webhooks.arrived_at(con, hook.id)
    return max((at for at in (hook.delivered_at, arrived) if at is not None), default=None)


def _tries(hook: Webhook, lanes: list[Lane]) -> list[float]:
    """When something that failed is tried again. While the whole endpoint rests, its conversations
    wait for it, whatever their own time is."""
    if hook.failures and hook.next_at is not None:
        return [hook.next_at]
    return [lane.next_at for lane in lanes if lane.failures]


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"


def _first(*times: float | None) -> str | None:
    return iso_if_any(min((at for at in times if at is not None), default=None))
