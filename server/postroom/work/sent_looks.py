"""Looks into Sent before an answer goes out, so that agent and person do not both answer.

    courier   asks, and waits a little      ┐
                                            ├─ one process, by the name of a login
    watch     is woken, looks, says it did  ┘

Sent is looked into now and then in any case (vigil.py); what a person wrote since the last time is
found by this. A login that is not being watched, or does not answer in time, keeps no mail back.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from postroom.index.index import wait_for_event

PATIENCE_SECONDS = 2.0
"""How long an answer waits for the look: a few exchanges with a server far away."""


class Asked:
    """What is asked of one watch."""

    def __init__(self) -> None:
        self._looks: list[asyncio.Future[None]] = []
        self._some = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._looks)

    async def begins(self) -> None:
        """Return once a look is asked for."""
        await self._some.wait()

    async def begins_within(self, seconds: float) -> bool:
        """Whether a look is asked for, at the latest after so many seconds."""
        return await wait_for_event(self._some, seconds)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """A look that serves all who have asked by now, once it ends well."""
        self._some.clear()
        looks, self._looks = self._looks, []
        try:
            yield
        except BaseException:
            _end(looks)
            raise
        for look in looks:
            if not look.done():
                look.set_result(None)

    def close(self) -> None:
        """Nobody looks any more."""
        looks, self._looks = self._looks, []
        _end(looks)

    def _add(self) -> asyncio.Future[None]:
        look: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._looks.append(look)
        self._some.set()
        return look


class SentLooks:
    """The watches that can look into Sent at once, by the name of their login."""

    def __init__(self) -> None:
        self._watches: dict[str, Asked] = {}

    @contextmanager
    def answered_by(self, name: str) -> Iterator[Asked]:
        """While it lasts a watch answers what is asked of this login."""
        asked = self._watches[name] = Asked()
        try:
            yield asked
        finally:
            if self._watches.get(name) is asked:
                del self._watches[name]
            asked.close()

    async def look(self, name: str) -> bool:
        """Whether what lies in this login's Sent now is in the index. False where nobody could
        look within `PATIENCE_SECONDS`."""
        watch = self._watches.get(name)
        if watch is None:
            return False
        # A look that ends without having looked is cancelled, and so is one that takes too long.
        done, _ = await asyncio.wait([look := watch._add()], timeout=PATIENCE_SECONDS)
        look.cancel()
        return bool(done) and not look.cancelled()


def _end(looks: list[asyncio.Future[None]]) -> None:
    for look in looks:
        look.cancel()
