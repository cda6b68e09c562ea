"""The worker's seat: one process of a post room sits in it, the others stand by.

The lock is the operating system's, freed by the kernel when its process dies, however it dies: a
timed lease would split when a laptop sleeps. Who stands by tries again every `TRY_SECONDS`, so that
a killed worker is replaced within a second or two.
"""

import asyncio
import contextlib
import importlib
import logging
import os
from enum import StrEnum
from typing import TYPE_CHECKING

from postroom.index import journal
from postroom.index.index import Index
from postroom.settings import Settings
from postroom.work.term import Term

if TYPE_CHECKING:
    from filelock import BaseFileLock

log = logging.getLogger("postroom.work")

TRY_SECONDS = 0.4
REST_SECONDS = 1.0
"""How long to rest after workers failed, so that a broken disk does not make a busy loop."""

NOBODY = (
    "No Postroom process is doing the sending and receiving at the moment: start `postroom serve`,"
    " or any client that runs `postroom mcp`."
)


class Standing(StrEnum):
    """Where this process stands."""

    ASIDE = "aside"
    """It has not tried for the seat."""
    BY = "by"
    """Another process has it."""
    TAKING = "taking"
    SEATED = "seated"


class Seat:
    """This process's try for the worker's seat."""

    def __init__(self, index: Index, settings: Settings, program: str) -> None:
        self._index = index
        self._settings = settings
        self._program = program
        self._lock: BaseFileLock | None = None
        self._stop = asyncio.Event()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.standing = Standing.ASIDE

    async def start(self) -> None:
        """Begin to try, in the background. Heavy imports happen only once the lock is ours."""
        if self._task is None:
            self._task = asyncio.create_task(self._try_for_it(), name="worker-seat")

    async def settled(self, timeout: float) -> bool:
        """Whether, within ``timeout`` seconds, this process or another does the I/O."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.standing not in (Standing.BY, Standing.SEATED):
                    moved = self._moved
                    await moved.wait()
        return self.standing in (Standing.BY, Standing.SEATED)

    async def stop(self) -> None:
        """Claim nothing new, finish the submission in flight, let the lock go."""
        self._stop.set()
        if self._task is not None:
            await self._task

    def idle(self) -> str:
        """Why nobody does the I/O at the moment, or ""."""
        if self.standing is Standing.ASIDE and not self._is_taken():
            return NOBODY
        return ""

    async def _try_for_it(self) -> None:
        lock = await asyncio.to_thread(self._make_lock)
        while not self._stop.is_set():
            if _acquire(lock):
                try:
                    await self._sit()
                finally:
                    lock.release()
            else:
                self._stand(Standing.BY)
            await _wait(self._stop, TRY_SECONDS)
        self._stand(Standing.ASIDE)

    async def _sit(self) -> None:
        self._stand(Standing.TAKING)
        try:
            number = await self._index.write(
                lambda con: journal.begin_term(con, self._index.clock(), os.getpid(), self._program)
            )
            workers = await asyncio.to_thread(importlib.import_module, "postroom.work.workers")
            await workers.run(
                Term(self._index, number),
                self._settings,
                self._stop,
                lambda: self._stand(Standing.SEATED),
            )
        except Exception:
            log.exception("The workers stopped; they are started again.")
            await _wait(self._stop, REST_SECONDS)

    def _stand(self, standing: Standing) -> None:
        if standing is not self.standing:
            self.standing = standing
            self._moved.set()
            self._moved = asyncio.Event()

    def _make_lock(self) -> "BaseFileLock":
        from filelock import FileLock  # 30 ms that the first answer need not wait for

        return FileLock(self._settings.lock_file, thread_local=False)

    def _is_taken(self) -> bool:
        """Whether some process has the lock now."""
        lock = self._make_lock()
        if _acquire(lock):
            lock.release()
            return False
        return True


def _acquire(lock: "BaseFileLock") -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
