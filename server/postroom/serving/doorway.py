"""What every request passes, whichever face it is for.

proxies   who asks, where a proxy of the operator's says so; HSTS
names     Host and Origin
CORS      for pages of the sites that were listed, at REST and tools
rates     how often, by token or by address
bodies    how much, how slowly
faces
"""

import ipaddress
from typing import TYPE_CHECKING

from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from postroom.mcp.bearer import METADATA_PATH
from postroom.mcp.http import PATH as MCP
from postroom.serving.bodies import Bodies
from postroom.serving.names import HERE, CheckNames, Names
from postroom.serving.rates import Rates
from postroom.serving.refusals import is_below
from postroom.web.rest.resource import PATH as REST

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from postroom.accounts.serve import Serve
    from postroom.web.console.sessions import Sessions
    from postroom.web.identities import Identities

FOR_PAGES = (MCP, METADATA_PATH, REST)
"""Faces that pages of other sites may ask: by a token, never by what a browser adds by itself."""

EXPOSED = (
    "Content-Disposition",
    "ETag",
    "Last-Event-ID",
    "Link",
    "Location",
    "MCP-Protocol-Version",
    "Mcp-Session-Id",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
"""What their scripts may read of an answer's header."""

HSTS_SECONDS = 31_536_000
"""A year (RFC 6797 §6.1.1): for so long a browser asks this name by https alone."""

UNIX_PEER = "unix"
"""Whoever may open the socket is the operator's own proxy."""


def doorway(
    faces: "ASGIApp", identities: "Identities", sessions: "Sessions", serve: "Serve", names: Names
) -> "ASGIApp":
    """The faces, behind all of that."""
    app: ASGIApp = Bodies(faces, serve.max_request_bytes)
    app = Rates(app, identities, sessions, serve.requests_per_minute, serve.strangers_per_minute)
    if serve.origins:
        app = _Pages(app, serve.origins)
    app = CheckNames(app, names)
    if serve.is_secure:
        app = _Hsts(app)
    proxies = [*serve.trusted_proxies, *([UNIX_PEER] if serve.socket else [])]
    trusting: ASGIApp = ProxyHeadersMiddleware(app, proxies)  # type: ignore[arg-type, assignment]
    return _Peer(trusting) if proxies else _Peer(app)


class _Peer:
    """Says who is connected in one way: "unix" behind such a socket, and an IPv4 address as what it
    is where both kinds are listened for (RFC 4291 §2.5.5.2)."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http":
            host, port = scope.get("client") or (UNIX_PEER, 0)
            scope["client"] = (_plain(host), port)
        await self._app(scope, receive, send)


def _plain(host: str) -> str:
    if ":" not in host:
        return host
    try:
        mapped = ipaddress.IPv6Address(host).ipv4_mapped
    except ValueError:
        return host
    return str(mapped) if mapped else host


class _Hsts:
    """RFC 6797, where we speak TLS ourselves; never for this machine's own names, at whose other
    ports somebody may be building a site."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or Names(frozenset(HERE), frozenset()).is_ours(_host(scope)):
            return await self._app(scope, receive, send)
        said = (b"strict-transport-security", f"max-age={HSTS_SECONDS}".encode())

        async def secure(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), said]}
            await send(message)

        return await self._app(scope, receive, secure)


def _host(scope: "Scope") -> str:
    found = [value for name, value in scope["headers"] if name == b"host"]
    return found[0].decode("latin-1") if found else ""


class _Pages:
    """CORS at the faces that pages may ask, and nowhere else."""

    def __init__(self, app: "ASGIApp", origins: tuple[str, ...]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"),
            allow_headers=("*",),  # MCP has headers named by a tool's arguments
            expose_headers=EXPOSED,
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        is_open = scope["type"] == "http" and any(is_below(scope["path"], f) for f in FOR_PAGES)
        await (self._open if is_open else self._app)(scope, receive, send)
