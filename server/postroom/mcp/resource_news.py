"""Notifications that a resource has changed, to those who may read it.

    2026-07-28   subscriptions/listen: a request whose response is the stream
    before       resources/subscribe: on the connection's own channel, until resources/unsubscribe

Both follow the caller's events at the desk, so that nobody hears of what is another's. Whatever is
asked for is acknowledged, as the SDK does it: a watch on what is another's looks like one on what
is not there, and nothing comes of it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
)
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
)

from postroom.mcp.resources import (
    THREADS,
    message_uri,
    thread_uri,
    told_as_errors,
)
from postroom.model.errors import PostroomError

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from postroom.desk.desk import Desk
    from postroom.desk.events.events import News
    from postroom.index.events import Told
    from postroom.model.callers import Caller

    Context = ServerRequestContext[Any]
    MayStill = Callable[[Context], Awaitable[bool]]

log = logging.getLogger("postroom.mcp")

MAX_LISTENS = 50
"""Streams of one agent at a time, in one process."""

MAX_WATCHED = 500
"""Resources that one stream or one connection watches."""

_LISTED = frozenset({"message.received", "message.sent", "thread.updated"})
"""Events by which the list of threads is another one."""


class ResourceNews:
    """Everybody who watches resources."""

    def __init__(self, may_still: "MayStill | None") -> None:
        """``may_still`` says whether who asked something some time ago may hear more of it."""
        self._may_still = may_still
        self._listens: Counter[str] = Counter()
        self._watches: dict[object, _Watch] = {}

    async def listen(
        self,
        desk: "Desk",
        caller: "Caller",
        ctx: "Context",
        params: SubscriptionsListenRequestParams,
    ) -> SubscriptionsListenResult:
        """Serve a stream until its client leaves, its token is good no more, or we stop."""
        _check_count(len(params.notifications.resource_subscriptions or ()))
        who = f"{caller.tenant}/{caller.agent}"
        if self._listens[who] >= MAX_LISTENS:
            raise MCPError(INTERNAL_ERROR, f"An agent has at most {MAX_LISTENS} such streams.")
        self._listens[who] += 1
        try:
            return await self._listen(desk, caller, ctx, params)
        finally:
            self._listens[who] -= 1

    async def _listen(
        self,
        desk: "Desk",
        caller: "Caller",
        ctx: "Context",
        params: SubscriptionsListenRequestParams,
    ) -> SubscriptionsListenResult:
        news = await _begun(desk, caller)
        bus = InMemorySubscriptionBus()
        handler = ListenHandler(bus)
        # In this order: the stream is known to the handler before it can be closed.
        serving = asyncio.create_task(handler(ctx, params))
        telling = asyncio.create_task(self._publish(news, bus, ctx))
        try:
            await asyncio.wait({serving, telling}, return_when=asyncio.FIRST_COMPLETED)
            handler.close()
            return await serving
        finally:
            serving.cancel()
            telling.cancel()
            await asyncio.wait({serving, telling})

    async def _publish(
        self, news: "AsyncGenerator[News, None]", bus: InMemorySubscriptionBus, ctx: "Context"
    ) -> None:
        async for told in self._told(news, ctx):
            for uri in changed_by(told):
                await bus.publish(ResourceUpdated(uri=uri))
            if told.event.type in _LISTED:
                await bus.publish(ResourcesListChanged())

    async def subscribe(self, desk: "Desk", caller: "Caller", ctx: "Context", uri: str) -> None:
        """Watch a resource on a connection."""
        connection = _connection(ctx)
        watch = self._watches.get(connection)
        if watch is None:
            watch = self._watches[connection] = _Watch()
            connection.exit_stack.callback(self._leave, connection)
        _check_count(len(watch.uris | {uri}))
        watch.uris.add(uri)
        if watch.telling is None or watch.telling.done():
            news = await _begun(desk, caller)
            watch.telling = asyncio.create_task(self._notify(news, watch, ctx))

    def unsubscribe(self, ctx: "Context", uri: str) -> None:
        """Watch it no more."""
        connection = _connection(ctx)
        watch = self._watches.get(connection)
        if watch is not None:
            watch.uris.discard(uri)
            if not watch.uris:
                watch.end()

    def _leave(self, connection: object) -> None:
        self._watches.pop(connection).end()

    async def _notify(
        self, news: "AsyncGenerator[News, None]", watch: "_Watch", ctx: "Context"
    ) -> None:
        async for told in self._told(news, ctx):
            for uri in changed_by(told):
                if uri in watch.uris:
                    await ctx.session.send_resource_updated(uri)

    async def _told(
        self, news: "AsyncGenerator[News, None]", ctx: "Context"
    ) -> "AsyncGenerator[Told, None]":
        """Event by event, for as long as whoever asked may hear them."""
        try:
            async with aclosing(news) as all:
                async for each in all:
                    if self._may_still is not None and not await self._may_still(ctx):
                        return
                    for told in each.told:
                        yield told
        except PostroomError as error:
            log.debug("nothing more is told: %s", error.code)


class _Watch:
    """What one connection watches."""

    def __init__(self) -> None:
        self.uris: set[str] = set()
        self.telling: asyncio.Task[None] | None = None

    def end(self) -> None:
        if self.telling is not None:
            self.telling.cancel()
        self.telling = None


def changed_by(told: "Told") -> list[str]:
    """The resources that read otherwise after an event, by every name they have."""
    found = [thread_uri(id) for id in told.about.thread_ids]
    if message_id := getattr(told.event, "message_id", None):
        found.append(message_uri(message_id))
    return [*found, THREADS] if told.event.type in _LISTED else found


async def _begun(desk: "Desk", caller: "Caller") -> "AsyncGenerator[News, None]":
    """The caller's events, all from now on."""
    news = desk.events.follow(caller)
    with told_as_errors(THREADS):
        await anext(news)
    return news


def _check_count(count: int) -> None:
    if count > MAX_WATCHED:
        raise MCPError(INVALID_PARAMS, f"At most {MAX_WATCHED} resources are watched at a time.")


def _connection(ctx: "Context") -> Any:
    """The connection that a request came by. The SDK (2.3) has no public way from the one to the
    other, and no other way to hear that it has ended."""
    return ctx.session._connection
