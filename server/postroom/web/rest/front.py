"""What is the same for every request, before and behind the routes.

HEAD       is answered as GET, without the body (RFC 9110 §9.3.2)
OPTIONS    names the methods of a path, to anybody
nothing    is stored on the way: it is mail
a failure  of ours is a problem, and nothing of it goes further than the log
"""

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response

from postroom.web.rest.failures import ALL_PATHS, of_ours
from postroom.web.rest.headers import HEADERS
from postroom.web.rest.methods import methods_of
from postroom.web.rest.problems import PATH_UNKNOWN, problem
from postroom.web.rest.resource import METADATA_PATH, metadata

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


HEADERS_ALONE = "postroom.headers_alone"
"""The key of a scope that says that nothing but the headers is wanted."""


class Front:
    """An ASGI application before the routes."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        out = _Out(send, scope["method"] == "HEAD")
        try:
            await self._answer(scope, receive, out)
        except ClientDisconnect:
            return None  # nobody is there to be told
        except Exception as error:
            said = of_ours(error)
            if not out.begun:
                await said(scope, receive, out)
            else:
                out.cut = True
                raise _Cut from None

    async def _answer(self, scope: "Scope", receive: "Receive", out: "_Out") -> None:
        if scope["path"] == METADATA_PATH:
            issuer = scope["app"].state.identities.issuer
            return await metadata(HTTPConnection(scope), issuer)(scope, receive, out)
        if scope["method"] == "OPTIONS":
            return await _options(scope)(scope, receive, out)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET", HEADERS_ALONE: True}
        return await self._app(scope, receive, out)


class _Cut(Exception):
    """An answer that had begun ends in the middle: who reads it sees that it is not whole."""


class _Out:
    """Where an answer goes: with the headers that all have, and of HEAD without its body."""

    def __init__(self, send: "Send", headers_alone: bool) -> None:
        self._send = send
        self._headers_alone = headers_alone
        self.begun = False
        self.cut = False

    async def __call__(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = {name.lower() for name, _ in message["headers"]}
            more = [each for each in HEADERS if each[0] not in given]
            message = {**message, "headers": [*message["headers"], *more]}
        elif self._headers_alone and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _options(scope: "Scope") -> Response:
    allowed = methods_of(scope["app"], scope)
    if not allowed:
        return problem(PATH_UNKNOWN, "path_unknown", PATH_UNKNOWN.meaning, ALL_PATHS)
    return Response(status_code=204, headers={"Allow": ", ".join(allowed)})
