"""What anybody may know of /v1 before they have a token (RFC 6750, RFC 9728)."""

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from postroom.web.rest.problems import TOKEN_REQUIRED, problem

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from postroom.accounts.issuer import Issuer

PATH = "/v1"

METADATA_PATH = f"/.well-known/oauth-protected-resource{PATH}"
"""RFC 9728 §3.1: the well-known name before the path of the resource."""

SCOPES = ("create", "operator", "read", "send")


class TokenRequired(Exception):
    """Nobody came in: no token, or none that is good."""

    def __init__(self, was_given: bool) -> None:
        self.was_given = was_given


def metadata(here: "HTTPConnection", issuer: "Issuer | None") -> JSONResponse:
    """RFC 9728 §3.2; ``issuer``: who else makes tokens that are good here."""
    named = {"authorization_servers": [issuer.issuer]} if issuer else {}
    return JSONResponse(
        {
            "resource": _address(here) + PATH,
            "resource_name": "Postroom",
            "bearer_methods_supported": ["header"],
            "scopes_supported": _scopes(issuer),
            **named,
        }
    )


def challenge(here: "HTTPConnection", issuer: "Issuer | None", *, was_given: bool) -> JSONResponse:
    """401, with what a client needs to find out more."""
    told = f'Bearer realm="postroom", resource_metadata="{_address(here)}{METADATA_PATH}"'
    told += f', scope="{" ".join(_scopes(issuer))}"' if issuer else ""
    # RFC 6750 §3.1: an error code only where a token was given.
    told += ', error="invalid_token"' if was_given else ""
    return problem(
        TOKEN_REQUIRED,
        "token_required",
        TOKEN_REQUIRED.meaning,
        send_a_token(issuer),
        headers={"WWW-Authenticate": told},
    )


def send_a_token(issuer: "Issuer | None") -> str:
    """What to do without a token that is good."""
    made = "with a token that `postroom tokens create` made"
    if issuer is None:
        return f"Send the header Authorization: Bearer, {made}."
    # Why one of the issuer's is not taken is the operator's to know: it stands in the log.
    return (
        f"Send the header Authorization: Bearer, {made}, or one of {issuer.issuer}. The log of"
        " `postroom serve` says why one of those is not taken."
    )


def _scopes(issuer: "Issuer | None") -> list[str]:
    return [(issuer.scope_prefix if issuer else "") + each for each in SCOPES]


def _address(here: "HTTPConnection") -> str:
    """Where a client reached us, as it says; in a quoted string no quote may end it."""
    host = here.headers.get("host", "localhost")
    safe = "".join(letter for letter in host if letter.isascii() and letter not in '"\\ ')
    return f"{here.scope['scheme']}://{safe}"
