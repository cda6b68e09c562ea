"""The header fields by which a receiver knows that it is we (Standard Webhooks 1.0)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks import Webhook

from postroom.model.webhooks import SigningSecret


def signed(
    message_id: str, now: float, body: bytes, secrets: Iterable[SigningSecret]
) -> dict[str, str]:
    """The fields of one attempt; ``now`` is the attempt's time. One signature for each secret: a
    receiver that knows any of them believes it."""
    at = datetime.fromtimestamp(int(now), UTC)
    text = body.decode()
    signatures = [
        Webhook(secret.value.get_secret_value()).sign(message_id, at, text) for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(signatures),
    }
