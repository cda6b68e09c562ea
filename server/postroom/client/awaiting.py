"""Questions asked by a task, while others go on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx2

from postroom.client.question import Question
from postroom.client.sending import Addressed
from postroom.client.tries import Tries, failure_of


class Awaiting:
    """Asks, and asks again where that is right."""

    def __init__(self, to: Addressed, web: httpx2.AsyncClient) -> None:
        self._to = to
        self._web = web

    async def ask(self, question: Question, *, whole: bool = True) -> httpx2.Response:
        """What was answered, read; with ``whole`` false its body is yet to come."""
        tries = Tries(question)
        while True:
            try:
                response = await self._web.send(self._to.request(self._web, question), stream=True)
                if whole or not response.is_success:
                    await response.aread()
            except httpx2.TransportError as error:
                pause = tries.lost(error)
            else:
                after = tries.answered(response)
                if after is None:
                    return response
                pause = after
            await self.pause(pause)

    async def pause(self, seconds: float) -> None:
        await anyio.sleep(seconds)

    @asynccontextmanager
    async def open(self, question: Question) -> AsyncIterator[httpx2.Response]:
        """An answer that is read piece by piece."""
        response = await self.ask(question, whole=False)
        try:
            yield response
        except httpx2.TransportError as error:
            raise failure_of(error) from error
        finally:
            await response.aclose()
