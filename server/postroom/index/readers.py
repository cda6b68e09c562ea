"""The threads that read: each has a connection of its own and sees one consistent moment a call."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from postroom.index.database import Connection, connect
from postroom.model.errors import Unavailable

T = TypeVar("T")

READERS = 3
"""Enough that one slow search does not keep a short look-up waiting."""


class Readers:
    """A small pool of reading threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = False
        self._mine = threading.local()
        self._open: list[Connection] = []
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="postroom-reader")

    async def read(self, look: Callable[[Connection], T]) -> T:
        """What ``look`` returns, from a snapshot that holds for the whole call."""
        if self._closed:
            raise Unavailable("room_closed", "This post room is closed.", "Open it again.")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, look)

    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown, True)
        for con in self._open:
            con.close()

    def _look(self, look: Callable[[Connection], T]) -> T:
        con = self._connection()
        con.execute("BEGIN")
        try:
            return look(con)
        finally:
            con.execute("ROLLBACK")

    def _connection(self) -> Connection:
        con: Connection | None = getattr(self._mine, "con", None)
        if con is None:
            con = self._mine.con = connect(self._path)
            con.execute("PRAGMA query_only=ON")
            self._open.append(con)
        return con
