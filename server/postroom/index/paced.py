"""Long work in short transactions, with room between them for everybody else who writes."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from postroom.index.database import Connection

T = TypeVar("T")


class Writes(Protocol):
    """An index, or a worker's term."""

    async def write(self, change: Callable[[Connection], T]) -> T: ...


MAX_PAUSE_SECONDS = 0.2
"""The longest pause: a disk that is slow for a moment must not make the work endless."""


async def paced(index: Writes, step: Callable[[Connection], T]) -> T:
    """What ``step`` returns, committed; then a pause as long as the step took.

    Writers of this process take turns by themselves. Another process waits for the file's lock by
    asking again and again (SQLite: every 1 to 100 ms): beside transactions that follow one another
    closely it would hardly ever find the lock free.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    result = await index.write(step)
    await asyncio.sleep(min(clock() - began, MAX_PAUSE_SECONDS))
    return result
