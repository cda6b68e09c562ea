"""How much structure a message may have: the SDK looks at each element before a tool is asked, and
tells of each that is wrong; eight megabytes hold four million, and nobody else is answered then."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_ELEMENTS = 20_000
"""Of a message: twenty times what the longest list of a tool takes, and some milliseconds."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)

_ANSWER = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Nothing was done: there are more'
    b' elements in this message than any tool takes. Send less at once."}}'
)
"""JSON-RPC 2.0 §5.1: a request that is none."""


def has_too_much(message: bytes) -> bool:
    """Whether JSON has more elements than are taken. Commas in strings count for nothing."""
    if message.count(b",") <= MOST_ELEMENTS:
        return False
    commas, behind = 0, 0
    for number, string in enumerate(_STRING.finditer(message)):
        commas += message.count(b",", behind, string.start())
        behind = string.end()
        if max(commas, number // 2) > MOST_ELEMENTS:  # a name and a value for each
            return True
    return commas + message.count(b",", behind) > MOST_ELEMENTS


class CheckStructure:
    """An ASGI application that lets through messages of no more than that."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        body = await _body(receive)
        if body is None:
            return None  # who asked has gone
        if has_too_much(body):
            return await _refuse(send)
        return await self._app(scope, _again(body, receive), send)


async def _body(receive: "Receive") -> bytes | None:
    pieces = list[bytes]()
    while (message := await receive())["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
    return None


def _again(body: bytes, receive: "Receive") -> "Receive":
    """A body that was read already, and behind it whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> "Message":
        return waiting.pop() if waiting else await receive()

    return read


async def _refuse(send: "Send") -> None:
    length = str(len(_ANSWER)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})
