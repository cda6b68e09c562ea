"""The threads that read: each has a connection of its own and sees one consistent moment a call."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from postroom.index.database import Connection, connect
from postroom.index.jobs import JobThreads

T = TypeVar("T")

READERS = 3
"""Enough that one slow search does not keep a short look-up waiting."""


class Readers:
    """A small pool of reading threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = JobThreads("postroom-reader", READERS, self._open)

    async def read(self, look: Callable[[Connection], T]) -> T:
        """What ``look`` returns, from a snapshot that holds for the whole call.

        Raises:
            Unavailable: the index is closed.
        """

        def from_a_snapshot(con: Connection) -> T:
            con.execute("BEGIN")
            try:
                return look(con)
            finally:
                con.execute("ROLLBACK")

        return await self._threads.ask(from_a_snapshot)

    async def close(self) -> None:
        await self._threads.close()

    def _open(self) -> Connection:
        con = connect(self._path)
        con.execute("PRAGMA query_only=ON")
        return con
