"""Many clients over Streamable HTTP, both protocol eras at /mcp."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.mcp.bearer import RequireToken, Verifier, caller_of, is_still_good
from postroom.mcp.bounds import MAX_REQUEST_BYTES
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


def mcp_face(desk: "Desk", identities: "Identities") -> McpFace:
    """Tools for whoever shows a token. Requests that name another host, or come from another
    site's page, are refused (DNS rebinding)."""
    server = build_server(_source(desk), caller_of, may_still=is_still_good(identities))
    app = server.streamable_http_app(
        streamable_http_path=PATH, host="127.0.0.1", max_request_body_size=MAX_REQUEST_BYTES
    )
    door = RequireToken(app, Verifier(identities), PATH)
    return McpFace(door, lambda: app.router.lifespan_context(app))


def _source(desk: "Desk") -> DeskSource:
    async def give() -> "Desk":
        return desk

    return give
