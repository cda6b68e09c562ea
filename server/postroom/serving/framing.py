"""A request whose end is told in two ways is taken in neither: a proxy before us may have believed
the other one, and what is body to it would be the next request to us (RFC 9112 §6.3, §11.2)."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from postroom.serving.refusals import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class CheckFraming:
    """An ASGI application that lets through what ends in one way."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or not _is_doubtful(scope):
            return await self._app(scope, receive, send)
        return await refusal(
            scope,
            HTTPStatus.BAD_REQUEST,
            "length_doubtful",
            "Where this request ends is told in two ways.",
            "Send Content-Length or Transfer-Encoding, and the latter by HTTP/1.1 alone.",
            Connection="close",
        )(scope, receive, send)


def _is_doubtful(scope: "Scope") -> bool:
    names = [name for name, _ in scope["headers"]]
    if b"transfer-encoding" not in names:
        return False
    return b"content-length" in names or scope["http_version"] == "1.0"
