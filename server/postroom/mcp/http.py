"""Many clients over Streamable HTTP, both protocol eras at /mcp."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp.server.transport_security import TransportSecuritySettings

from postroom.current_request import SCOPE_KEY, CurrentRequest, answering, current
from postroom.mcp.bearer import RequireToken, caller_of, is_still_good
from postroom.mcp.leaving import NoteLeaving, while_heard
from postroom.mcp.server import Context, DeskSource, Told, build_server
from postroom.mcp.structure import CheckStructure

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
    told: Told,
) -> McpFace:
    """Tools for whoever shows a token, asked at ``hosts`` and by pages of ``origins``; ``told``
    hears of each call."""
    still = is_still_good(identities)
    server = build_server(
        _source(desk),
        caller_of,
        may_still=still,
        told=told,
        within=_for_its_request,
        progress=while_heard,
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        transport_security=_security(hosts, origins),
        max_request_body_size=most_bytes,
    )
    door = RequireToken(CheckStructure(NoteLeaving(app)), identities, PATH)
    return McpFace(door, lambda: app.router.lifespan_context(app))


def _security(hosts: Iterable[str], origins: Iterable[str]) -> TransportSecuritySettings:
    """The SDK's own check. What stands before it is stricter; this one would be off on any address
    but loopback if nothing were said."""
    names = [form for host in hosts for form in (host, f"{host}:*")]
    pages = [f"{scheme}://{name}" for name in names for scheme in ("http", "https")]
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=[*pages, *origins])


def _for_its_request(ctx: Context) -> AbstractContextManager[None]:
    """A call is answered for the request that it came with: its session's task began with another
    one."""
    found = ctx.request.scope.get(SCOPE_KEY) if ctx.request is not None else None
    return answering(found if isinstance(found, CurrentRequest) else current())


def _source(desk: "Desk") -> DeskSource:
    async def give() -> "Desk":
        return desk

    return give
