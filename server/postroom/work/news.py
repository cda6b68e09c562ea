"""Waiting for news of the folder that is open on a connection.

nobody waits for its mail      IDLE; a server without it is asked now and then
somebody does                  NOOP again and again, at the way's pace: a server may tell IDLE
                               half a second late, and answers a NOOP at once

It ends early where a look into Sent is asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable

from postroom.imap.connection import ImapConnection
from postroom.model.errors import Refused
from postroom.work.attention import Attention
from postroom.work.looks import Asked
from postroom.work.sources import Source, State


class News:
    """What tells of new mail on one connection."""

    def __init__(
        self,
        connection: ImapConnection,
        source: Source,
        attention: Attention,
        asked: Asked,
        elsewhere: Callable[[], Awaitable[bool]],
    ) -> None:
        """``elsewhere`` says whether something came into another folder that is waited on."""
        self._connection = connection
        self._source = source
        self._attention = attention
        self._asked = asked
        self._elsewhere = elsewhere
        self._state = State.READING

    async def wait(self, end: float) -> bool:
        """Whether something came, as soon as it did and at the latest at ``end`` by the loop's
        clock. It is told once: the caller reads the folder then, whatever else it does first."""
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0 and not self._asked:
            waited = self._attention.left(self._source)
            if await (self._poll(end) if waited > 0 else self._idle(left)):
                return True
        return False

    async def _poll(self, end: float) -> bool:
        """Whether something came until ``end``, by asking again and again while somebody waits."""
        loop = asyncio.get_running_loop()
        while not (await self._connection.noop() or await self._elsewhere()):
            left = min(end - loop.time(), self._attention.left(self._source))
            if left <= 0:
                return False
            pause = min(self._source.way.allows.poll_seconds, left)
            if await self._asked.begins_within(pause):
                return False
        return True

    async def _idle(self, seconds: float) -> bool:
        """Whether something came; ends early when somebody begins to wait or asks for a look."""
        if "IDLE" not in self._connection.capabilities:
            return await self._doze(seconds)
        await self._now(State.IDLE)
        idling = asyncio.create_task(self._connection.idle(seconds))
        waking = asyncio.create_task(self._wakes())
        try:
            await asyncio.wait({idling, waking}, return_when=asyncio.FIRST_COMPLETED)
            if not idling.done():
                return False
            return idling.result()
        except Refused:
            return False  # it has disowned IDLE, and is asked from now on
        finally:
            idling.cancel()
            waking.cancel()
            await asyncio.gather(idling, waking, return_exceptions=True)

    async def _doze(self, seconds: float) -> bool:
        """The same on a server that tells nothing by itself."""
        await self._now(State.POLLING)
        pause = min(seconds, self._source.way.allows.idle_poll_seconds)
        try:
            async with asyncio.timeout(pause):
                await self._wakes()
        except TimeoutError:
            return await self._connection.noop()
        return False

    async def _wakes(self) -> None:
        """Return once somebody begins to wait, or asks for a look."""
        begins = [
            asyncio.ensure_future(self._attention.begins(self._source)),
            asyncio.ensure_future(self._asked.begins()),
        ]
        try:
            await asyncio.wait(begins, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in begins:
                each.cancel()

    async def _now(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            await self._source.stands(state)
