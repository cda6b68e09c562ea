"""Work on one thing while the next one is being fetched."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")


class Conveyor(Generic[T]):
    """Takes loads to ``work`` in their order, one at a time, while whoever brings them fetches the
    next one. Two are held in memory at most: the one under way and the one being fetched.

    Left without an error, it has done all of its work; left with one, what is under way is
    cancelled.
    """

    def __init__(self, work: Callable[[T], Coroutine[Any, Any, None]]) -> None:
        self._work = work
        self._under_way: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def put(self, load: T) -> None:
        """Begin to work on a load, once the one before is done; raises what that one raised."""
        await self.empty()
        self._under_way = asyncio.create_task(self._work(load))

    async def empty(self) -> None:
        """Return when all that was put is done; raises what the last load raised."""
        task, self._under_way = self._under_way, None
        if task is not None:
            await task  # whoever is cancelled here cancels it

    async def __aexit__(
        self,
        type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            await self.empty()
        elif self._under_way is not None:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)
