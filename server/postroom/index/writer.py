"""The one thread that writes. A transaction never runs on the event loop: beside another process's
large write it was measured to stall a loop for 236 ms."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from postroom.index.database import Connection, check_version, connect
from postroom.index.jobs import JobThreads
from postroom.model.errors import Unavailable

T = TypeVar("T")


class Writer:
    """Runs plain functions, one after the other, each in a transaction of its own."""

    def __init__(self, path: Path, committed: Callable[[], None]) -> None:
        """``committed`` is called on the writer's thread after each commit with a change."""
        self._committed = committed
        self._thread = JobThreads("postroom-writer", 1, lambda: connect(path))

    async def write(self, change: Callable[[Connection], T]) -> T:
        """What ``change`` returns, once its transaction is on disk.

        Jobs run in the order of the calls. A caller that is cancelled leaves its job to be done:
        what was begun is finished, and the caller just does not hear of it.

        Raises:
            Unavailable: the index is closed, of another version, held by another process for too
                long, or its disk is full.
        """
        return await asyncio.shield(self._thread.ask(lambda con: self._change(con, change)))

    def submit(self, change: Callable[[Connection], object]) -> None:
        """Queue a change that nobody waits for (what an agent was shown); order is kept."""
        self._thread.submit(lambda con: self._change(con, change))

    async def close(self) -> None:
        """Finish what is queued, then end the thread."""
        await self._thread.close()

    def _change(self, con: Connection, change: Callable[[Connection], T]) -> T:
        before = con.total_changes
        result = _transaction(con, change)
        if con.total_changes != before:
            self._committed()
        return result


def _transaction(con: Connection, change: Callable[[Connection], T]) -> T:
    try:
        con.execute("BEGIN IMMEDIATE")
        check_version(con)
        result = change(con)
        con.execute("COMMIT")
        return result
    except sqlite3.OperationalError as error:
        _undo(con)
        raise _unavailable(error) from error
    except BaseException:
        _undo(con)
        raise


def _undo(con: Connection) -> None:
    if con.in_transaction:
        con.execute("ROLLBACK")


def _unavailable(error: sqlite3.OperationalError) -> Exception:
    """What an operator can do something about, in words; anything else as it is."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_BUSY"):
        return Unavailable(
            "index_busy", "Another process is writing a lot at the moment.", "Try again shortly."
        )
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return Unavailable(
            "index_unwritable",
            f"The index cannot be written ({name}); nothing was changed.",
            "Make room on the disk, or give this user the right to write there.",
        )
    return error
