"""Many clients over Streamable HTTP, both protocol eras at /mcp."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp.server.transport_security import TransportSecuritySettings

from postroom.mcp.bearer import RequireToken, caller_of, is_still_good
from postroom.mcp.server import DeskSource, build_server

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

PATH = "/mcp"


@dataclass(frozen=True)
class McpFace:
    """The face as an ASGI application, and what must be entered while it answers."""

    app: "ASGIApp"
    lifespan: Callable[[], AbstractAsyncContextManager[object]]


def mcp_face(
    desk: "Desk",
    identities: "Identities",
    hosts: Iterable[str],
    origins: Iterable[str],
    most_bytes: int,
) -> McpFace:
    """Tools for whoever shows a token, asked at ``hosts`` and by pages of ``origins``."""
    server = build_server(_source(desk), caller_of, may_still=is_still_good(identities))
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        transport_security=_security(hosts, origins),
        max_request_body_size=most_bytes,
    )
    door = RequireToken(app, identities, PATH)
    return McpFace(door, lambda: app.router.lifespan_context(app))


def _security(hosts: Iterable[str], origins: Iterable[str]) -> TransportSecuritySettings:
    """The SDK's own check. What stands before it is stricter; this one would be off on any address
    but loopback if nothing were said."""
    names = [form for host in hosts for form in (host, f"{host}:*")]
    pages = [f"{scheme}://{name}" for name in names for scheme in ("http", "https")]
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=[*pages, *origins])


def _source(desk: "Desk") -> DeskSource:
    async def give() -> "Desk":
        return desk

    return give
