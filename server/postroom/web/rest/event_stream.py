"""Events as they come, as Server-Sent Events (WHATWG HTML § 9.2).

    retry: 2000             how soon a browser comes back
    id: 5f0c-41             where it goes on, should nothing else come

    id: 5f0c-42             an event, and its place
    event: message.received
    data: {"id": "5f0c-42", "type": "message.received", …}

    : nothing new           now and then; the id moves on with what is not for this reader
    id: 5f0c-77

Our own, beside sse-starlette that the SDK brings: that one asks twice a second whether a signal
handler of uvicorn was called, which our server does not install; and its heartbeats know no place.
"""

import asyncio
import logging
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.responses import Response

from postroom.model.errors import PostroomError
from postroom.web.rest.front import HEADERS_ALONE

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from postroom.desk.events.events import News
    from postroom.index.events import Told

log = logging.getLogger("postroom.rest")

MEDIA_TYPE = "text/event-stream"

RETRY_MS = 2_000

HEARTBEAT_SECONDS = 15.0
"""Proxies cut what is silent for a minute, some for half of one."""

WRITE_SECONDS = 10.0
"""For a reader to take what was sent before, beyond what its system keeps for it: one that does not
is cut, and goes on from its last id."""


class EventStream(Response):
    """A response that lasts: ``news`` as it comes, while ``may_go_on`` says so."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        first: "News",
        news: "AsyncGenerator[News, None]",
        may_go_on: Callable[[], Awaitable[bool]],
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._first = first
        self._news = news
        self._may_go_on = may_go_on
        self._writes_since = math.inf

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        telling = asyncio.create_task(self._tell(send, scope.get(HEADERS_ALONE, False)))
        leaving = asyncio.create_task(_until_left(receive))
        try:
            while not (telling.done() or leaving.done() or self._is_stuck()):
                await asyncio.wait(
                    {telling, leaving},
                    timeout=WRITE_SECONDS / 2,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            for task in (telling, leaving):
                task.cancel()
            await asyncio.wait({telling, leaving})
        if not telling.cancelled() and (error := telling.exception()):
            raise error

    def _is_stuck(self) -> bool:
        """Whether what was written before has not been taken in time. (A timer for each write would
        cost as much as the write.)"""
        return time.monotonic() - self._writes_since > WRITE_SECONDS

    async def _tell(self, send: "Send", headers_alone: bool) -> None:
        async with aclosing(self._news) as all:
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            if not headers_alone:
                await self._tell_all(all, send)
            await self._write(send, b"", more=False)

    async def _tell_all(self, all: "AsyncGenerator[News, None]", send: "Send") -> None:
        await self._write(send, f"retry: {RETRY_MS}\nid: {self._first.after}\n\n".encode())
        try:
            await self._tell_what_comes(all, send)
        except PostroomError as error:  # whoever comes back is told
            log.info("a stream of events ends: %s", error.code)

    async def _tell_what_comes(self, all: "AsyncGenerator[News, None]", send: "Send") -> None:
        wrote = time.monotonic()
        async for news in all:
            if not await self._may_go_on():
                return
            if news.told:
                await self._write(send, b"".join(map(as_block, news.told)))
                wrote = time.monotonic()
            elif time.monotonic() - wrote > HEARTBEAT_SECONDS:
                await self._write(send, f": nothing new\nid: {news.after}\n\n".encode())
                wrote = time.monotonic()

    async def _write(self, send: "Send", block: bytes, *, more: bool = True) -> None:
        self._writes_since = time.monotonic()
        await send({"type": "http.response.body", "body": block, "more_body": more})
        self._writes_since = math.inf


def as_block(told: "Told") -> bytes:
    """An event as it stands in a stream. Its JSON is one line, and its id and type are our own."""
    head = f"id: {told.event.id}\nevent: {told.event.type}\ndata: ".encode()
    return head + told.json + b"\n\n"


async def _until_left(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
