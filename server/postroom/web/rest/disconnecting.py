"""A caller that has gone is waited for no longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

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


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
