"""Streams that are open: so many at a time, each for as long as its token is good."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from postroom.model.errors import Unavailable
from postroom.web.rest.asking import Asked

if TYPE_CHECKING:
    from postroom.web.identities import Identities

MAX_STREAMS = 500
"""Streams and waits altogether: each is a connection, and many systems give a process 1,024."""

MAX_STREAMS_OF_TOKEN = 100
"""The same by one token."""

LOOK_SECONDS = 1.5
"""How long what is known of a token holds for all its streams."""


class Streams:
    """The streams of one application."""

    def __init__(self, identities: "Identities") -> None:
        self._identities = identities
        self._open: Counter[str] = Counter()
        self._waits: Counter[str] = Counter()
        self._known: dict[str, tuple[float, bool]] = {}

    def take(self, token_id: str) -> None:
        """One more by a token. Raises `Unavailable` where there are too many."""
        if self._open[token_id] >= MAX_STREAMS_OF_TOKEN or self._open.total() >= MAX_STREAMS:
            raise Unavailable(
                "too_many_streams",
                f"A token has at most {MAX_STREAMS_OF_TOKEN} streams and waits at a time, and all"
                f" together {MAX_STREAMS}.",
                "Close one that you do not read; one stream hears of all mailboxes of its token.",
            )
        self._open[token_id] += 1

    def give_back(self, token_id: str) -> None:
        _one_less(self._open, token_id)
        self._forget(token_id)

    @contextmanager
    def waiting(self, token_id: str) -> Iterator[None]:
        """While a wait by a token goes on."""
        self._waits[token_id] += 1
        try:
            yield
        finally:
            _one_less(self._waits, token_id)
            self._forget(token_id)

    def _forget(self, token_id: str) -> None:
        if not self._is_used(token_id):
            self._known.pop(token_id, None)

    def _is_used(self, token_id: str) -> bool:
        return token_id in self._open or token_id in self._waits

    async def may_go_on(self, token_id: str) -> bool:
        """Whether the token is good yet; asked once for all of its streams in a while."""
        at, is_good = self._known.get(token_id, (0.0, True))
        if not at or time.monotonic() - at > LOOK_SECONDS:
            self._known[token_id] = (time.monotonic(), is_good)
            is_good = await self._identities.is_good(token_id)
            if self._is_used(token_id):
                self._known[token_id] = (time.monotonic(), is_good)
        return is_good

    async def until_over(self, token_id: str) -> None:
        """Returns once the token is good no more."""
        # Whoever ends a token may do so in another process: nobody rings.
        while await self.may_go_on(token_id):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)


def _one_less(counted: Counter[str], token_id: str) -> None:
    counted[token_id] -= 1
    if not counted[token_id]:
        del counted[token_id]


async def _taken(request: Request, asked: Asked) -> AsyncIterator[Streams]:
    """Until the response has been sent."""
    streams = _streams(request)
    streams.take(asked.token_id)
    try:
        yield streams
    finally:
        streams.give_back(asked.token_id)


async def _waited(request: Request, asked: Asked) -> AsyncIterator[Streams]:
    """The same for a wait, which the desk has places for."""
    streams = _streams(request)
    with streams.waiting(asked.token_id):
        yield streams


def _streams(request: Request) -> Streams:
    state = request.app.state
    if not hasattr(state, "streams"):
        state.streams = Streams(state.identities)
    streams: Streams = state.streams
    return streams


Taken = Annotated[Streams, Depends(_taken)]
"""A place among the open streams."""

Waited = Annotated[Streams, Depends(_waited)]
"""Beside them."""
