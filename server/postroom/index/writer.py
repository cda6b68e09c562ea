"""The one thread that writes. A transaction never runs on the event loop: beside another process's
large write it was measured to stall a loop for 236 ms."""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from postroom.index.database import Connection, check_version, connect
from postroom.model.errors import Unavailable

T = TypeVar("T")

log = logging.getLogger("postroom.index")

_Job = tuple[Callable[[Connection], Any], "asyncio.Future[Any] | None", asyncio.AbstractEventLoop]


class Writer:
    """Runs plain functions, one after the other, each in a transaction of its own."""

    def __init__(self, path: Path, committed: Callable[[], None]) -> None:
        """``committed`` is called on the writer's thread after each commit with a change."""
        self._path = path
        self._committed = committed
        self._closed = False
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="postroom-writer", daemon=True)
        self._thread.start()

    async def write(self, change: Callable[[Connection], T]) -> T:
        """What ``change`` returns, once its transaction is on disk.

        Jobs run in the order of the calls. A caller that is cancelled leaves its job to be done:
        what was begun is finished, and the caller just does not hear of it.

        Raises:
            Unavailable: the index is closed, of another version, held by another process for too
                long, or its disk is full.
        """
        if self._closed:
            raise Unavailable("room_closed", "This post room is closed.", "Open it again.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put((change, done, loop))
        return await asyncio.shield(done)

    def submit(self, change: Callable[[Connection], object]) -> None:
        """Queue a change that nobody waits for (what an agent was shown); order is kept."""
        if not self._closed:
            self._jobs.put((change, None, asyncio.get_running_loop()))

    async def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join, 10)

    def _run(self) -> None:
        con: Connection | None = None
        while (job := self._jobs.get()) is not None:
            change, done, loop = job
            try:
                # Here, so that a file that cannot be opened is told to whoever asks, each time.
                con = con or connect(self._path)
                before = con.total_changes
                result = _transaction(con, change)
                if con.total_changes != before:
                    self._committed()
            except BaseException as error:
                _tell(loop, done, None, error)
            else:
                _tell(loop, done, result, None)
        if con is not None:
            con.close()


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


def _tell(
    loop: asyncio.AbstractEventLoop,
    done: "asyncio.Future[Any] | None",
    result: object,
    error: BaseException | None,
) -> None:
    if done is None:
        if error is not None:
            log.error("A change that nobody waits for failed.", exc_info=error)
        return

    def settle() -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
        loop.call_soon_threadsafe(settle)
