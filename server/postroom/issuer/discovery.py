"""Where an issuer's keys are: as it says itself (RFC 8414 §3, OpenID Connect Discovery 1.0 §4)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import TypeAdapter, ValidationError

from postroom.accounts.issuer import IssuerUrl
from postroom.model.errors import PeerError

Get = Callable[[str], Awaitable[dict[str, Any]]]
"""The JSON object at an address."""

_URL: TypeAdapter[str] = TypeAdapter(IssuerUrl)


async def jwks_url(issuer: str, get: Get) -> str:
    """Where the keys are.

    Raises:
        Unavailable: the issuer cannot be reached.
        PeerError: it does not say so, or speaks of another issuer.
    """
    first, second = described_at(issuer)
    try:
        said = await get(first)
    except PeerError:
        said = await get(second)
    if said.get("issuer") != issuer:  # RFC 8414 §3.3: else one could speak for another
        raise _unfit("names another issuer than postroom.toml")
    try:
        return _URL.validate_python(said.get("jwks_uri"))
    except ValidationError:
        raise _unfit("names no https address of keys (jwks_uri)") from None


def described_at(issuer: str) -> tuple[str, str]:
    """By OAuth's rule, which puts the name between host and path, and by OpenID Connect's."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    by_oauth = f"/.well-known/oauth-authorization-server{path}"
    by_openid = f"{path}/.well-known/openid-configuration"
    return _at(parts.scheme, parts.netloc, by_oauth), _at(parts.scheme, parts.netloc, by_openid)


def _at(scheme: str, place: str, path: str) -> str:
    return urlunsplit((scheme, place, path, "", ""))


def _unfit(what: str) -> PeerError:
    return PeerError(
        "issuer_garbage",
        f"The issuer's description of itself {what}.",
        "The operator checks issuer in [serve.issuer] of postroom.toml, or names jwks_url there.",
    )
