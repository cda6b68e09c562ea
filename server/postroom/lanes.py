"""Few at a time: the places of a login or a host, for which many may wait."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class _Lane:
    places: asyncio.Semaphore
    users: int = 0


class Lanes:
    """Places by key, kept only as long as somebody has one or waits for one."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane] = {}

    @asynccontextmanager
    async def place(self, key: Hashable, width: int) -> AsyncIterator[None]:
        """Hold one of the ``width`` places of that key; who asked first has one first."""
        lane = self._lanes.setdefault(key, _Lane(asyncio.Semaphore(width)))
        lane.users += 1
        try:
            async with lane.places:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[key]
