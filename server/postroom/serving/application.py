"""Which face answers at which path.

/mcp, /.well-known/oauth-protected-resource   tools (`postroom.mcp`)
/v1                                           REST (`postroom.web.rest`)
/unsubscribe/                                 links of bulk mail (`postroom.web.one_click`)
/healthz, /readyz, /metrics                   whether it goes well (`postroom.web.operation`)
/.well-known/mta-sts.txt                      of ``mta-sts.`` a domain (`postroom.web.operation`)
/                                             pages for people (`postroom.web.console`)

What REST was asked in this very moment is answered before (`postroom.web.rest.repeating`).
"""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match

from postroom.dns.records.sts import PATH as MTA_STS
from postroom.mcp.bearer import METADATA_PATH
from postroom.mcp.http import PATH as MCP
from postroom.mcp.http import mcp_face
from postroom.mime.unsubscribing import PATH as UNSUBSCRIBE
from postroom.serving.refusals import is_below
from postroom.serving.requests import note_route
from postroom.web.console.application import PATH as CONSOLE
from postroom.web.console.application import console
from postroom.web.one_click import one_click
from postroom.web.operation.application import ALIVE, METRICS, READY, operation
from postroom.web.operation.mta_sts import mta_sts
from postroom.web.rest.application import rest_application
from postroom.web.rest.repeating import Repeating
from postroom.web.rest.resource import METADATA_PATH as REST_METADATA
from postroom.web.rest.resource import PATH as REST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from postroom.accounts.own_domain import OwnDomain
    from postroom.desk.desk import Desk
    from postroom.serving.names import Names
    from postroom.web.console.sessions import Sessions
    from postroom.web.identities import Identities
    from postroom.web.operation.meters import Meters


class _Below(BaseRoute):
    """Every path below a prefix, which stays in it: the faces name their whole paths."""

    def __init__(self, prefix: str, app: "ASGIApp") -> None:
        self.path = prefix
        """What a request below it is known as that takes none of its face's own routes."""
        self._prefix = prefix
        self._app = app

    def matches(self, scope: "Scope") -> tuple[Match, "Scope"]:
        below = scope["type"] == "http" and is_below(scope["path"], self._prefix)
        return (Match.FULL if below else Match.NONE), {}

    async def handle(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            note_route(scope, self._prefix.rstrip("/"))


def application(
    desk: "Desk",
    identities: "Identities",
    sessions: "Sessions",
    names: "Names",
    most_bytes: int,
    meters: "Meters",
    domains: "Mapping[str, OwnDomain]",
) -> "ASGIApp":
    """All faces at the desk, asked under ``names``; who comes in says one of ``identities``, or is
    signed in by ``sessions``. A request has at most ``most_bytes``. Calls of tools are counted by
    ``meters``, which /metrics tells. Of ``domains`` the policies of MTA-STS are told."""
    tools = mcp_face(desk, identities, names.hosts, names.origins, most_bytes, meters.tool_called)
    rest, watched = rest_application(desk, identities), operation(desk, identities, meters)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> "AsyncIterator[None]":
        async with tools.lifespan():
            yield

    faces = Starlette(
        routes=[
            _Below(MCP, tools.app),
            _Below(REST_METADATA, rest),
            _Below(METADATA_PATH, tools.app),
            _Below(REST, rest),
            _Below(UNSUBSCRIBE, one_click(desk.suppressions.unsubscribe)),
            *(_Below(path, watched) for path in (ALIVE, READY, METRICS)),
            _Below(MTA_STS, mta_sts(domains)),
            _Below(CONSOLE, console(desk, identities, sessions)),
        ],
        lifespan=lifespan,
    )
    return Repeating(faces, rest.state.kept, desk.standing)
