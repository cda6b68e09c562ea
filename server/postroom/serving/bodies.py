"""How much a request may bring, and how slowly: of every face, and before it reads a byte."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from postroom.serving.rates import KNOWN
from postroom.serving.refusals import TOKEN_REQUIRED, refusal
from postroom.serving.under_way import UnderWay
from postroom.web.scopes import bearer_of, field

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRANGERS_BYTES = 1024 * 1024
"""Of one request by whoever shows no good token: a page's form, a false call that is told so. A
face may hold so much in memory before it looks who asks."""

PATIENCE_SECONDS = 30.0
"""For a request's body to come, whatever its size …"""

SLOWEST_BYTES = 8 * 1024
"""… and another second for each so many bytes that came: a bad telephone line has more."""


class Bodies:
    """An ASGI application that lets through no more of a request than it may bring."""

    def __init__(self, app: "ASGIApp", most: int) -> None:
        """``most``: bytes, of whoever shows a good token."""
        self._app = app
        self._most = most
        self._under_way = UnderWay(most)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        declared = field(scope, b"content-length")
        if not declared and not field(scope, b"transfer-encoding"):
            return await self._app(scope, receive, send)  # it has none (RFC 9112 §6.3)
        body = _Body(scope, receive, send, self._most, self._under_way)
        if declared.isdecimal() and (no := body.refused(int(declared))):
            return await no(scope, receive, send)
        try:
            return await self._app(scope, body.receive, body.send)
        finally:
            body.over()


class _Body:
    """One request's, as its face reads it."""

    def __init__(
        self, scope: "Scope", receive: "Receive", send: "Send", most: int, under_way: UnderWay
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._most = most
        self._under_way = under_way
        found = bearer_of(scope)
        self._who = found.token_id if found is not None else ""
        self._read = self._held = 0
        self._is_whole = self._is_answered = self._is_refused = False
        self._began = asyncio.get_running_loop().time()

    def refused(self, size: int) -> "Response | None":
        """The answer to so many bytes, where that is no."""
        if size > STRANGERS_BYTES and not self._scope.get(KNOWN):
            return refusal(
                self._scope, HTTPStatus.UNAUTHORIZED, *TOKEN_REQUIRED, WWW_Authenticate="Bearer"
            )
        if size > self._most:
            return refusal(
                self._scope,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "request_too_large",
                f"A request has at most {self._most} bytes.",
                "Send less at a time.",
            )
        return None

    async def receive(self) -> "Message":
        """The next piece; once it was refused, that nobody is there any more."""
        if self._is_refused:
            return {"type": "http.disconnect"}
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until()):
                message = await self._receive()
        except TimeoutError:
            return await self._refuse(_too_slow(self._scope))
        if message["type"] != "http.request":
            return message
        size = len(message.get("body", b""))
        self._read += size
        self._is_whole = not message.get("more_body", False)
        if no := self.refused(self._read):
            return await self._refuse(no)
        if not self._under_way.takes(self._who, size):
            return await self._refuse(_too_much(self._scope))
        self._held += size
        return message

    def over(self) -> None:
        """Nothing of it is in hand any more."""
        self._under_way.release(self._who, self._held)

    async def send(self, message: "Message") -> None:
        if not self._is_refused:
            self._is_answered = True
            await self._send(message)

    def _until(self) -> float:
        return self._began + PATIENCE_SECONDS + self._read / SLOWEST_BYTES

    async def _refuse(self, no: "Response") -> "Message":
        self._is_refused = True
        if not self._is_answered:
            await no(self._scope, self._receive, self._send)
        return {"type": "http.disconnect"}


def _too_much(scope: "Scope") -> "Response":
    return refusal(
        scope,
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_much_under_way",
        "Too many bytes of your requests are under way at once.",
        "Send fewer large requests side by side.",
        Retry_After="5",
    )


def _too_slow(scope: "Scope") -> "Response":
    return refusal(
        scope,
        HTTPStatus.REQUEST_TIMEOUT,
        "request_too_slow",
        "The request did not come in time.",
        "Send it again over a better line.",
    )
