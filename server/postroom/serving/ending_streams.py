"""Streams of events end when the server is told to stop, so that it need not wait for them.

To the face that streams it looks as if its reader had gone; to the reader as if the stream had come
to its end, so that it connects again and resumes where it was.

Those that were got (GET) alone: MCP answers a call that was posted by a stream too, and a call has
its time to end.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from postroom.serving.requests import is_stream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EndingStreams:
    """An ASGI middleware; ``stop`` is set once the server is to stop."""

    def __init__(self, app: "ASGIApp", stop: asyncio.Event) -> None:
        self._app = app
        self._stop = stop

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        stream = _Stream(receive, send, self._stop)
        await self._app(scope, stream.receive, stream.send)
        await stream.complete()


class _Stream:
    """One request, which may turn out to be a stream."""

    def __init__(self, receive: "Receive", send: "Send", stop: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._stop = stop
        self._streams = asyncio.Event()
        self._open = False
        """Whether the answer has begun and not ended."""
        self._first = True

    async def send(self, message: "Message") -> None:
        await self._send(message)
        if message["type"] == "http.response.start":
            self._open = True
            if is_stream(message):
                self._streams.set()
        elif message["type"] == "http.response.body":
            self._open = message.get("more_body", False)

    async def receive(self) -> "Message":
        if self._first:  # the request itself, which is there; most ask for no more
            self._first = False
            return await self._receive()
        said = asyncio.ensure_future(self._receive())
        told = asyncio.ensure_future(self._told_to_end())
        try:
            await asyncio.wait({said, told}, return_when=asyncio.FIRST_COMPLETED)
            return said.result() if said.done() else {"type": "http.disconnect"}
        finally:
            for each in (said, told):
                each.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await told

    async def _told_to_end(self) -> None:
        await self._streams.wait()
        await self._stop.wait()

    async def complete(self) -> None:
        """End an answer that its face has left in the middle."""
        if self._open and self._stop.is_set():
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
