"""/v1/webhooks"""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from postroom.desk.webhooks.webhooks import GRACE_SECONDS, KEPT_ATTEMPTS, LONGEST_GRACE_SECONDS
from postroom.model.limits import MAX_NOTE_CHARS
from postroom.model.webhook_answers import (
    DeliveryList,
    NewWebhook,
    Replayed,
    TestDelivery,
    WebhookList,
    WebhookView,
)
from postroom.model.webhooks import Standing
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, IdempotencyKey, Limit, key_of
from postroom.web.rest.strict_route import Given, subject

routes = subject("webhooks")

Deliveries = Annotated[
    int, Query(ge=1, le=KEPT_ATTEMPTS, description="How many, of those that are kept.")
]


Status = Annotated[Standing | None, Query(description="Only those that stand so.")]


class NewEndpoint(Given):
    """Where events are to be posted, and which."""

    url: str = Field(max_length=8_192, description="https, unless the operator lists its host.")
    agent: str | None = Field(
        default=None,
        max_length=200,
        description="Of whose mail it is told, [TENANT/]NAME: for operators, whose endpoints are"
        " told of everybody's otherwise.",
    )
    mailboxes: tuple[str, ...] = Field(
        default=(),
        max_length=100,
        description="Only mailboxes whose username or address is like that: support-*.",
    )
    thread_id: str | None = Field(
        default=None, max_length=32, description="Only this conversation."
    )
    types: tuple[str, ...] = Field(
        default=(), max_length=100, description="Only such events: message.received, message.*."
    )
    note: str = Field(default="", max_length=2 * MAX_NOTE_CHARS, description="What it is for.")


class SecretRotation(Given):
    """Another secret for an endpoint."""

    grace_seconds: float = Field(
        default=GRACE_SECONDS,
        ge=0,
        le=LONGEST_GRACE_SECONDS,
        description="How long the secrets before sign beside the new one.",
    )


class Replay(Given):
    """From where on it is told again."""

    since: str = Field(
        max_length=60,
        description='A time, "24h" before now, or the id of the last event that is known.',
    )


@routes.post("", status_code=201, response_model=NewWebhook)
async def create_webhook(
    asked: Asked, given: NewEndpoint, idempotency_key: IdempotencyKey = None
) -> Response:
    """Post events to a URL from now on. The secret that they are signed with is told here, once; a
    request that is repeated with the same key makes no other one, and is not told it (409)."""
    made = await asked.desk.webhooks.create(
        asked.caller,
        given.url,
        given.agent,
        given.mailboxes,
        given.thread_id,
        given.types,
        given.note,
        key_of(idempotency_key, None),
    )
    return answer(made, 201)


@routes.get("", response_model=WebhookList)
async def list_webhooks(
    asked: Asked, limit: Limit = 100, cursor: Cursor = None, status: Status = None
) -> Response:
    """Those that are told of your mail, the newest last; for operators all."""
    return answer(await asked.desk.webhooks.list(asked.caller, limit, cursor, status))


@routes.get("/{webhook_id}", response_model=WebhookView)
async def get_webhook(asked: Asked, webhook_id: str) -> Response:
    """One of them: what it is told, and how it stands."""
    return answer(await asked.desk.webhooks.show(asked.caller, webhook_id))


@routes.delete("/{webhook_id}", response_model=WebhookView)
async def delete_webhook(asked: Asked, webhook_id: str) -> Response:
    """Take it away, with its secrets and its log."""
    return answer(await asked.desk.webhooks.delete(asked.caller, webhook_id))


@routes.get("/{webhook_id}/deliveries", response_model=DeliveryList)
async def list_deliveries(asked: Asked, webhook_id: str, limit: Deliveries = 20) -> Response:
    """The last attempts, the newest first; a hundred are kept."""
    return answer(await asked.desk.webhooks.deliveries(asked.caller, webhook_id, limit))


@routes.post("/{webhook_id}/pause", response_model=WebhookView)
async def pause_webhook(asked: Asked, webhook_id: str) -> Response:
    """Tell it nothing more for now; it keeps its place."""
    return answer(await asked.desk.webhooks.pause(asked.caller, webhook_id))


@routes.post("/{webhook_id}/resume", response_model=WebhookView)
async def resume_webhook(asked: Asked, webhook_id: str) -> Response:
    """Go on where it stopped, at once: also one that was parked."""
    return answer(await asked.desk.webhooks.resume(asked.caller, webhook_id))


@routes.post("/{webhook_id}/rotate", response_model=NewWebhook)
async def rotate_webhook_secret(
    asked: Asked, webhook_id: str, given: SecretRotation, idempotency_key: IdempotencyKey = None
) -> Response:
    """Give it another secret, told here, once; those before sign beside it for a while yet."""
    key = key_of(idempotency_key, None)
    made = asked.desk.webhooks.rotate(asked.caller, webhook_id, given.grace_seconds, key)
    return answer(await made)


@routes.post("/{webhook_id}/test", response_model=TestDelivery)
async def test_webhook(asked: Asked, webhook_id: str) -> Response:
    """Post an event of the type webhook.test there, once, and say what became of it."""
    return answer(await asked.desk.webhooks.test(asked.caller, webhook_id))


@routes.post("/{webhook_id}/replay", response_model=Replayed)
async def replay_webhook(asked: Asked, webhook_id: str, given: Replay) -> Response:
    """Tell it again what happened since then, under the same ids."""
    return answer(await asked.desk.webhooks.replay(asked.caller, webhook_id, given.since))
