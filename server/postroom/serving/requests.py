"""Every request gets an id, and is told of once it is answered.

    X-Request-Id    the client's own, where it is well-formed; in the answer, in log lines and in
                    problems

An ASGI middleware around all faces. It knows a request by its route, never by its path, in which
ids and addresses stand, and never by its query.
"""

import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from postroom.current_request import SCOPE_KEY, CurrentRequest, accepted_id, answering
from postroom.web.scopes import field

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"

GONE = 499
"""The status that is told where the client went away, or the answer was cut off, before its
beginning. (No status of HTTP; proxies use it so.)"""


class Answered(NamedTuple):
    """A request that has ended."""

    request: CurrentRequest
    method: str
    route: str
    """As ``/v1/messages/{message_id}``."""
    status: int
    seconds: float
    is_stream: bool
    """Whether the answer was a stream of events, which lasts as long as somebody reads it."""


class Observer(Protocol):
    """Whoever wants to know of requests."""

    def began(self) -> None: ...

    def streams(self) -> None:
        """The one that began is answered by a stream of events."""
        ...

    def ended(self, answered: Answered) -> None: ...


class Requests:
    """The middleware."""

    def __init__(self, app: "ASGIApp", *observers: Observer) -> None:
        self._app = app
        self._observers = observers

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = CurrentRequest(accepted_id(field(scope, HEADER)))
        scope[SCOPE_KEY] = request
        answer = _Answer(request, send, self._observers)
        began = time.monotonic()
        for each in self._observers:
            each.began()
        try:
            with answering(request):
                await self._app(scope, receive, answer.send)
        finally:
            told = Answered(
                request,
                scope["method"],
                request.route,
                answer.status,
                time.monotonic() - began,
                answer.is_stream,
            )
            for each in self._observers:
                each.ended(told)


class _Answer:
    """What goes back, with the request's id."""

    def __init__(
        self, request: CurrentRequest, send: "Send", observers: tuple[Observer, ...]
    ) -> None:
        self._request = request
        self._send = send
        self._observers = observers
        self.status = GONE
        self.is_stream = False

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            others = [each for each in message.get("headers", ()) if each[0] != HEADER]
            message["headers"] = [*others, (HEADER, self._request.id.encode("ascii"))]
            self.status = message["status"]
            self.is_stream = is_stream(message)
            if self.is_stream:
                for each in self._observers:
                    each.streams()
        await self._send(message)


def is_stream(beginning: "Message") -> bool:
    """Whether the answer that begins so is a stream of Server-Sent Events."""
    return field(beginning, b"content-type").startswith("text/event-stream")


def note_route(scope: "Scope", face: str) -> None:
    """Keep which route a request took below ``face``, the path where a face answers. What stands
    between may have made a copy of the scope, so it is noted where it is known. Some faces' routes
    know their whole paths, others' only what stands behind that of the face."""
    request = scope.get(SCOPE_KEY)
    if isinstance(request, CurrentRequest):
        path: str = getattr(scope.get("route"), "path", face)
        request.route = path if path.startswith(face) else face + path
