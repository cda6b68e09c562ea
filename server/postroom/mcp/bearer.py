"""The door of the HTTP face: nobody passes without the token (RFC 6750).

The SDK's own authorization announces an OAuth server that issues tokens; there is none here, and
clients would go looking for it.
"""

import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_SCHEME = b"bearer "


class RequireToken:
    """An ASGI application that lets through what carries the token, and answers 401 otherwise."""

    def __init__(self, app: "ASGIApp", token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan" or self._passes(scope):
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, send)

    def _passes(self, scope: "Scope") -> bool:
        given = _authorization(scope)
        if given[: len(_SCHEME)].lower() != _SCHEME:
            return False
        # In constant time: how long it takes says nothing about how much was right.
        return hmac.compare_digest(given[len(_SCHEME) :].strip(), self._token)


def _authorization(scope: "Scope") -> bytes:
    found: list[bytes] = [value for name, value in scope["headers"] if name == b"authorization"]
    return found[0] if len(found) == 1 else b""


async def _refuse(scope: "Scope", send: "Send") -> None:
    # RFC 6750 §3.1: an error code only where a token was given.
    challenge = b'Bearer realm="postroom"'
    if _authorization(scope):
        challenge += b', error="invalid_token"'
    body = json.dumps(
        {
            "error": "token_required",
            "error_description": "Send the header Authorization: Bearer, with the token that"
            " `postroom serve` keeps in its home.",
        }
    ).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", challenge),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
