"""Looks into INBOX and Sent that do not wait for their time.

    courier   before an answer goes out: agent and person must not   ┐
              both answer. Waits a little for the look               ├─ by the name of a login
    watcher   when a mailbox was made: what comes from then on is    │
              its own, whatever its server's clock says              │
    watch     is woken, looks, says it did                           ┘

A login that cannot be looked into in time, or is not watched at all, keeps no mail back.
"""

import asyncio
from collections.abc import Iterable, Iterator
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


class Looks:
    """The watches that can look into Sent at once, by the name of their login."""

    def __init__(self, ways: Iterable[str] = ()) -> None:
        """``ways`` are the names of those whose logins are watched."""
        self._ways = frozenset(ways)
        self._watches: dict[str, Asked] = {}
        self._begun = asyncio.Event()

    @contextmanager
    def answered_by(self, name: str) -> Iterator[Asked]:
        """While it lasts a watch answers what is asked of this login."""
        asked = self._watches[name] = Asked()
        self._begun.set()
        self._begun = asyncio.Event()
        try:
            yield asked
        finally:
            if self._watches.get(name) is asked:
                del self._watches[name]
            asked.close()

    def wake(self, name: str) -> None:
        """Let this login be looked into soon, where somebody watches it."""
        if (watch := self._watches.get(name)) is not None:
            watch._add()

    async def look(self, way: str, name: str) -> bool:
        """Whether what lies in the Sent of this login of a way is in the index now. False where
        nobody could look within `PATIENCE_SECONDS`: its watch may just be beginning."""
        if way not in self._ways:
            return False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (watch := self._watches.get(name)) is None:
                    await self._begun.wait()
                # A look that ends without having looked is cancelled.
                await asyncio.wait([look := watch._add()])
        except TimeoutError:
            return False
        return not look.cancelled()


def _end(looks: list[asyncio.Future[None]]) -> None:
    for look in looks:
        look.cancel()
