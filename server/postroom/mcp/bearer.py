"""The door of the HTTP face: nobody passes without a token that is good now (RFC 6750).

Verified by the SDK's own means, so that its sessions belong to whoever began them; refused by ours,
as its refusal announces an OAuth server that issues tokens. There is none here, unless an operator
has one, and clients would go looking for it. What a client may know of this resource stands at the
address that a refusal names (RFC 9728): with the issuer, where the operator has one.
"""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, BearerAuthBackend
from mcp.server.auth.provider import AccessToken
from starlette.requests import HTTPConnection

from postroom.mcp.server import Context
from postroom.model.callers import Caller
from postroom.model.errors import PostroomError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from postroom.accounts.issuer import Issuer
    from postroom.desk.identities.tokens import Bearer
    from postroom.web.identities import Identities

METADATA_PATH = "/.well-known/oauth-protected-resource"
"""RFC 9728 §3; behind it the path of the resource, and without it for clients that leave it off."""

SCOPES = ("create", "read", "send")


class Token(AccessToken):
    """A token that was verified, and whose it is."""

    caller: Caller


class Verifier:
    """The SDK's TokenVerifier over everybody who may come in."""

    def __init__(self, identities: "Identities") -> None:
        self._identities = identities

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who comes in by a token; None for nobody."""
        found = await self._identities.bearer(token)
        return _token(found) if found else None


def caller_of(ctx: Context) -> Caller:
    """Whose a request is that has passed the door."""
    return _shown(ctx).caller


def is_still_good(identities: "Identities") -> Callable[[Context], Awaitable[bool]]:
    """Whether the token by which a request came in is good yet."""
    return lambda ctx: identities.is_good(_shown(ctx).client_id)


def _shown(ctx: Context) -> Token:
    user = ctx.request.scope["user"] if ctx.request is not None else None
    assert isinstance(user, AuthenticatedUser), "a request that did not pass the door"
    assert isinstance(user.access_token, Token)
    return user.access_token


def _token(found: "Bearer") -> Token:
    return Token(
        token="",  # nothing behind the door needs it
        client_id=found.token_id,
        scopes=sorted(found.caller.scopes),
        expires_at=int(found.expires_at) if found.expires_at is not None else None,
        caller=found.caller,
    )


class RequireToken:
    """An ASGI application that lets through what carries a token, and answers 401 otherwise. What
    is known of the resource anybody may ask."""

    def __init__(self, app: "ASGIApp", identities: "Identities", path: str) -> None:
        self._app = AuthContextMiddleware(app)
        self._backend = BearerAuthBackend(Verifier(identities))
        self._resource = _Resource(path, identities.issuer)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["path"] in (METADATA_PATH, METADATA_PATH + self._resource.path):
            await _answer(send, 200, self._resource.metadata(scope))
        else:
            await self._let_in(scope, receive, send)

    async def _let_in(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        try:
            found = await self._backend.authenticate(HTTPConnection(scope))
        except PostroomError as error:  # nobody can tell whose it is
            said = {"error": error.code, "error_description": f"{error.message} {error.next_step}"}
            await _answer(send, 503, said, (b"retry-after", b"30"))
            return
        if found is None:
            await self._resource.refuse(scope, send)
            return
        credentials, user = found
        await self._app({**scope, "auth": credentials, "user": user}, receive, send)


class _Resource:
    """What is known of this resource before a token is there (RFC 9728 §2)."""

    def __init__(self, path: str, issuer: "Issuer | None") -> None:
        self.path = path
        prefix = issuer.scope_prefix if issuer else ""
        self._scopes = [prefix + each for each in SCOPES]
        self._issuers = [issuer.issuer] if issuer else []
        self._elsewhere = f", one of {issuer.issuer}" if issuer else ""

    def metadata(self, scope: "Scope") -> dict[str, object]:
        """Told to anybody."""
        named = {"authorization_servers": self._issuers} if self._issuers else {}
        return {
            "resource": _here(scope) + self.path,
            "resource_name": "Postroom",
            "bearer_methods_supported": ["header"],
            "scopes_supported": self._scopes,
            **named,
        }

    async def refuse(self, scope: "Scope", send: "Send") -> None:
        """401, and where that metadata stands."""
        place = f"{_here(scope)}{METADATA_PATH}{self.path}"
        challenge = f'Bearer realm="postroom", resource_metadata="{place}"'
        if self._issuers:
            challenge += f', scope="{" ".join(self._scopes)}"'
        # RFC 6750 §3.1: an error code only where a token was given.
        if "authorization" in HTTPConnection(scope).headers:
            challenge += ', error="invalid_token"'
        said = {
            "error": "token_required",
            "error_description": "Send the header Authorization: Bearer, with a token that"
            f" `postroom tokens create` made{self._elsewhere}, or that `postroom serve` keeps in"
            " its home.",
        }
        header = (b"www-authenticate", challenge.encode("latin-1", "replace"))
        await _answer(send, 401, said, header)


def _here(scope: "Scope") -> str:
    """Where a client reached us."""
    host = HTTPConnection(scope).headers.get("host", "localhost")
    return f"{scope['scheme']}://{host}"


async def _answer(
    send: "Send", status: int, said: dict[str, object] | dict[str, str], *more: tuple[bytes, bytes]
) -> None:
    body = json.dumps(said).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
