"""Answers what is asked about resources. What it takes to answer is imported with the first
question: a client that asks none waits for none of it.
"""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mcp.server.context import ServerRequestContext
from mcp.types import (
    EmptyResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from postroom.model.callers import Caller

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.mcp.resource_news import ResourceNews

Context = ServerRequestContext[Any]
DeskSource = Callable[[], "Awaitable[Desk]"]
CallerSource = Callable[[Context], Caller]
"""Whose a request is."""


class ResourceFace:
    """Answers resources/… and subscriptions/listen."""

    def __init__(
        self,
        desk: DeskSource,
        caller: CallerSource,
        may_still: "Callable[[Context], Awaitable[bool]] | None",
    ) -> None:
        self._desk = desk
        self._caller = caller
        self._may_still = may_still

    @cached_property
    def _news(self) -> "ResourceNews":
        from postroom.mcp.resource_news import ResourceNews

        return ResourceNews(self._may_still)

    async def list(
        self, ctx: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        from postroom.mcp import resources

        cursor = params.cursor if params is not None else None
        return await resources.listed(await self._desk(), self._caller(ctx), cursor)

    async def templates(
        self, _ctx: Context, _params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        from postroom.mcp import resources

        return resources.TEMPLATES

    async def read(self, ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        from postroom.mcp import resources

        return await resources.read(await self._desk(), self._caller(ctx), str(params.uri))

    async def subscribe(self, ctx: Context, params: SubscribeRequestParams) -> EmptyResult:
        await self._news.subscribe(await self._desk(), self._caller(ctx), ctx, str(params.uri))
        return EmptyResult()

    async def unsubscribe(self, ctx: Context, params: UnsubscribeRequestParams) -> EmptyResult:
        self._news.unsubscribe(ctx, str(params.uri))
        return EmptyResult()

    async def listen(
        self, ctx: Context, params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        return await self._news.listen(await self._desk(), self._caller(ctx), ctx, params)
