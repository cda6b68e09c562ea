"""What happened, page by page, and what happens, without end."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from postroom.desk import door
from postroom.desk.events.feed import Feed
from postroom.index import events
from postroom.index.database import Connection
from postroom.index.events import Told, event_id
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.event_filters import About, Wanted, wanted
from postroom.model.limits import DEFAULT_EVENTS, MAX_EVENT_WAIT_SECONDS, MAX_EVENTS
from postroom.model.operator_event_answers import EventPage


@dataclass(frozen=True)
class News:
    """What came; nothing, now and then."""

    told: tuple[Told, ...]
    after: str
    """The id of where to go on, should this be all that was taken."""


@dataclass(frozen=True)
class _Asked:
    caller: Caller
    wanted: Wanted
    position: int
    history: str


class Events:
    """What is asked about what happened and happens."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._feed = Feed(index)

    async def list(
        self,
        caller: Caller,
        after: str | None = None,
        mailbox: str | None = None,
        thread_id: str | None = None,
        types: Collection[str] = (),
        limit: int = DEFAULT_EVENTS,
        wait_seconds: float = 0.0,
    ) -> EventPage:
        """Up to ``limit`` events behind the one with the id ``after`` ("begin" for all there are;
        None for what comes from now on), of a mailbox, a thread, and of some types (``message.*``)
        where these are named. Where there are none, it waits so long for the first.

        Raises:
            InvalidRequest: an id, a type or a number means nothing.
            NotFound: there is no such mailbox or thread.
        """
        door.require(caller, "read")
        if not 0 <= wait_seconds <= MAX_EVENT_WAIT_SECONDS or not 1 <= limit <= MAX_EVENTS:
            raise InvalidRequest(
                "number_out_of_range",
                f"A limit is from 1 to {MAX_EVENTS}, a wait from 0 to"
                f" {MAX_EVENT_WAIT_SECONDS:.0f} seconds.",
                "Go on with the `after` of the answer for more.",
            )
        asked = await self._index.read(
            partial(_asked, caller=caller, after=after, wanted=wanted(mailbox, thread_id, types))
        )
        page = await self._page(asked, limit)
        return (
            page
            if page.events or not wait_seconds
            else await self._first(asked, limit, wait_seconds)
        )

    async def follow(
        self,
        caller: Caller,
        after: str | None = None,
        mailbox: str | None = None,
        thread_id: str | None = None,
        types: Collection[str] = (),
    ) -> AsyncGenerator[News, None]:
        """Events from ``after`` on, as they come, until `end`. First comes where it begins, and at
        least every two seconds where it stands; arguments and errors as for ``list``.

        Raises:
            Unavailable: the journal cannot be read any more.
        """
        door.require(caller, "read")
        asked = await self._index.read(
            partial(_asked, caller=caller, after=after, wanted=wanted(mailbox, thread_id, types))
        )
        yield News((), event_id(asked.history, asked.position))
        async with aclosing(self._from(asked)) as all:
            async for news in all:
                yield news

    def end(self) -> None:
        """Let whoever follows or waits leave; said by whoever serves, as it stops."""
        self._feed.end()

    async def _page(self, asked: _Asked, limit: int) -> EventPage:
        """The next events there are, however far they lie apart."""
        position = asked.position
        while True:
            piece = await self._piece(asked, position, limit)
            if piece.told or piece.is_last:
                return EventPage(
                    events=tuple(one.event for one in piece.told),
                    after=piece.after,
                    more=None if piece.is_last else True,
                )
            position = piece.position

    async def _first(self, asked: _Asked, limit: int, seconds: float) -> EventPage:
        """A page of what comes first within so many seconds."""
        after = event_id(asked.history, asked.position)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), aclosing(self._from(asked)) as all:
                async for news in all:
                    after = news.after
                    if news.told:
                        return _cut(news, limit)
        return EventPage(events=(), after=after)

    async def _piece(self, asked: _Asked, after: int, most: int = events.STEP) -> events.Piece:
        return await self._index.read(
            partial(events.since, caller=asked.caller, after=after, wanted=asked.wanted, most=most)
        )

    async def _from(self, asked: _Asked) -> AsyncGenerator[News, None]:
        """What is there, out of the index, and then what the feed hands out. What both have is told
        once; whoever takes it too slowly is given the rest out of the index again."""
        async with self._feed.listen(partial(_hears, asked)) as listener:
            position, is_behind = asked.position, True
            while not self._feed.is_over:
                while is_behind:
                    piece = await self._piece(asked, position)
                    position, is_behind = piece.position, not piece.is_last
                    yield News(piece.told, piece.after)
                await listener.wait()
                if not self._feed.is_over:
                    self._feed.check()
                found, upto = listener.take()
                if upto is None:
                    is_behind = True
                    continue
                told = tuple(one for one in found if one.position > position)
                position = max(position, upto)
                yield News(told, event_id(asked.history, position))


def _asked(con: Connection, caller: Caller, after: str | None, wanted: Wanted) -> _Asked:
    if wanted.mailbox is not None:
        door.mailbox(con, caller, wanted.mailbox)
    if wanted.thread is not None:
        door.thread(con, caller, wanted.thread)
    return _Asked(caller, wanted, *events.place(con, after))


def _hears(asked: _Asked, about: About) -> bool:
    return door.may_hear(asked.caller, about) and asked.wanted.takes(about)


def _cut(news: News, limit: int) -> EventPage:
    first, rest = news.told[:limit], news.told[limit:]
    return EventPage(
        events=tuple(one.event for one in first),
        after=first[-1].event.id if rest else news.after,
        more=True if rest else None,
    )
