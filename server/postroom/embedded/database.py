"""One SQLite file, one thread that writes and two that read: no transaction on the event loop.

A commit is an fsync. Jobs that wait while one runs are committed together with the next (group
commit), each behind its own savepoint, so that a job that fails undoes only itself.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

MAX_GROUP = 64
"""Jobs in one commit: the first of them waits for all the others."""

READERS = 2
"""Reading threads: one large body does not hold up everybody's small ones."""

BUSY_SECONDS = 10.0
"""How long SQLite waits for a lock: another process may be copying the file."""


@dataclass(slots=True)
class _Job:
    run: Callable[[sqlite3.Connection], Any]
    committed: Callable[[Any], None] | None
    done: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; who opens a transaction says so."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
    )
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: the 250 promises that the mail survives a power cut (RFC 5321 §6.1).
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    return connection


class Writer:
    """The thread that writes. What was committed is applied on the loop in commit order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="mail-writer", daemon=True)
        self._thread.start()

    def submit(
        self,
        run: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
    ) -> "asyncio.Future[T]":
        """A future of what ``run`` returned, done after the commit.

        ``committed`` is called with it on the loop just before, in the order of the commits and
        even where nobody waits any more: memory follows the file.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(run, committed, done))
        return done

    async def close(self) -> None:
        """Finishes what was submitted, then ends the thread and closes the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            group, last = self._group(first)
            self._commit(group)
            with suppress(RuntimeError):  # the loop is gone: nobody is left to be told
                self._loop.call_soon_threadsafe(_settle, group)
            if last:
                return

    def _group(self, first: _Job) -> tuple[list[_Job], bool]:
        group = [first]
        with suppress(Empty):
            while len(group) < MAX_GROUP:
                job = self._jobs.get_nowait()
                if job is None:
                    return group, True
                group.append(job)
        return group, False

    def _commit(self, group: Sequence[_Job]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in group:
                self._run(job)
            self._connection.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            for job in group:
                job.error = job.error or error

    def _run(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.run(self._connection)
        except Exception as error:
            job.error = error
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")


def _settle(group: Sequence[_Job]) -> None:
    for job in group:
        if job.error is None and job.committed is not None:
            try:
                job.committed(job.result)
            except Exception as error:
                job.error = error
        if job.done.done():
            continue
        if job.error is None:
            job.done.set_result(job.result)
        else:
            job.done.set_exception(job.error)


class Readers:
    """The threads that read, each on a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="mail-reader")

    async def run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """What ``read`` returns, run in a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._read, read)

    def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        if not hasattr(self._local, "connection"):
            self._local.connection = connect(self._path)
            self._connections.append(self._local.connection)
        connection: sqlite3.Connection = self._local.connection
        return read(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        for connection in self._connections:
            connection.close()
