"""A caller that has gone, or whose token is good no more, is waited for no longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from postroom.web.rest.asking import Asking
from postroom.web.rest.resource import TokenRequired
from postroom.web.rest.streams import Streams

T = TypeVar("T")


async def while_connected(request: Request, asked: Coroutine[Any, Any, T]) -> T:
    """What is asked, as long as somebody is there to be told.

    Raises:
        ClientDisconnect: nobody is.
    """
    answering, leaving = asyncio.create_task(asked), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ClientDisconnect
        return answering.result()
    finally:
        leaving.cancel()
        answering.cancel()


async def while_good(asked: Asking, streams: Streams, answering: Coroutine[Any, Any, T]) -> T:
    """The same, as long as the token that asks is good, too: looked at as for a stream.

    Raises:
        ClientDisconnect, TokenRequired: it is so no more.
    """
    waiting = asyncio.create_task(while_connected(asked.request, answering))
    ending = asyncio.create_task(streams.until_over(asked.token_id))
    try:
        await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() or not await streams.may_go_on(asked.token_id):
            raise TokenRequired(was_given=True)
        return waiting.result()
    finally:
        ending.cancel()
        waiting.cancel()
        await asyncio.gather(waiting, ending, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
