"""What a token end point answered: a token, or a denial (RFC 6749 §5.1, §5.2)."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from postroom.model.errors import PeerError

USUAL_LIFETIME_SECONDS = 300.0
"""Where the answer names none (§5.1 leaves that open): short, since the guess costs one request."""

MAX_LIFETIME_SECONDS = 30 * 86_400.0
"""No provider gives longer ones; who claims so is not believed for ever."""

MAX_TOKEN_CHARS = 16_384
"""Microsoft's are about 2,500; a login line has to carry it."""

DENIALS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "temporarily_unavailable",
    }
)
"""The codes of §5.2, and one that §4.1.2.1 defines and end points use here too."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
"""No space and no control character: it stands in a login line between such (RFC 7628 §3.1)."""

_REFRESH_TOKEN = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token, the seconds it lives, and the refresh token to use from now on, where that
    is another one."""

    token: str = field(repr=False)
    lifetime: float
    refresh_token: SecretStr | None


@dataclass(frozen=True, slots=True)
class Denied:
    """One of ``DENIALS``, or "" for what the standard does not know."""

    code: str


def read_answer(status: int, body: bytes) -> Granted | Denied:
    """What the end point said. PeerError: it is no answer of a token end point."""
    if status == 429 or status >= 500:
        return Denied("temporarily_unavailable")
    if status not in (200, 400, 401, 403):
        raise _garbage(f"status {status}")
    fields = _fields(body)
    if status == 200:
        return _granted(fields)
    code = fields.get("error")
    return Denied(code if isinstance(code, str) and code in DENIALS else "")


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _garbage("no JSON") from None
    if not isinstance(fields, dict):
        raise _garbage("no JSON object")
    return fields


def _granted(fields: dict[str, Any]) -> Granted:
    token = _fitting(fields.get("access_token"), _TOKEN)
    if token is None:
        raise _garbage("no usable access token")
    if str(fields.get("token_type", "bearer")).casefold() != "bearer":
        raise _garbage("a token that is no bearer token")
    successor = _fitting(fields.get("refresh_token"), _REFRESH_TOKEN)
    lifetime = _lifetime(fields.get("expires_in"))
    return Granted(token, lifetime, SecretStr(successor) if successor else None)


def _fitting(value: Any, allowed: re.Pattern[str]) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_TOKEN_CHARS:
        return None
    return value if allowed.fullmatch(value) else None


def _lifetime(value: Any) -> float:
    """Seconds, also where they are written as a text, as some end points do."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return USUAL_LIFETIME_SECONDS
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return USUAL_LIFETIME_SECONDS
    if seconds != seconds or seconds <= 0:  # NaN is not itself
        return USUAL_LIFETIME_SECONDS
    return min(seconds, MAX_LIFETIME_SECONDS)


def _garbage(what: str) -> PeerError:
    return PeerError(
        "oauth_garbage",
        f"The token end point's answer is not OAuth 2: {what}.",
        "Check token_url in postroom.toml.",
    )
