"""The worker's seat: one process of a post room sits in it, the others stand by.

The lock is the operating system's, freed by the kernel when its process dies, however it dies: a
timed lease would split when a laptop sleeps. Who stands by tries again every `TRY_SECONDS`, so that
a killed worker is replaced within a second or two.

A process that is stopped (SIGSTOP, a debugger) keeps the lock, and rightly: it may go on any
moment. Whoever sits therefore signs a file every few seconds (pulse.py), and the others say when
that has ceased.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import sqlite3
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from postroom.index import journal
from postroom.index.index import Index
from postroom.model.errors import PostroomError
from postroom.policy_file import CurrentPolicy
from postroom.provision.provisioner import Provisioner
from postroom.settings import Settings
from postroom.work.deciding import Answering
from postroom.work.pulse import PULSE_SECONDS, Pulse
from postroom.work.term import Term

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from postroom.embedded.directory import Directory

log = logging.getLogger("postroom.work")

TRY_SECONDS = 0.4
FIRST_REST, LONGEST_REST = 1.0, 10.0
"""Seconds to rest after workers failed, doubled each time: a broken disk must make no busy loop,
and each try writes to the journal."""

CALM_SECONDS = 5.0
"""Another process that has held the lock for so long has not failed as we did."""

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

    def __init__(
        self,
        index: Index,
        settings: Settings,
        provisioners: Mapping[str, Provisioner],
        program: str,
        policy: CurrentPolicy,
        answering: Answering,
        neighbours: "Directory | None" = None,
    ) -> None:
        """``answering``: what becomes of held sends by an approver's answers. ``neighbours``: as
        `build.open_room`."""
        self._neighbours = neighbours
        self._policy = policy
        self._answering = answering
        self._index = index
        self._settings = settings
        self._provisioners = provisioners
        self._program = program
        self._pulse = Pulse(settings.lock_file.with_suffix(".pulse"), index.clock)
        self._trouble = ""
        self._rest = FIRST_REST
        self._since = 0.0
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
        if self._trouble or self.standing is Standing.SEATED:
            return self._trouble
        try:
            if self.standing is Standing.ASIDE and not self._is_taken():
                return NOBODY
        except OSError as error:  # a home that may only be read
            return _why(error)
        return self._pulse.ceased()

    async def _try_for_it(self) -> None:
        while not self._stop.is_set():
            try:
                await self._try_once()
            except Exception as error:
                self._tell(error)
                await _wait(self._stop, self._rest)
                self._rest = min(self._rest * 2, LONGEST_REST)
            await _wait(self._stop, TRY_SECONDS)
        self._stand(Standing.ASIDE)

    async def _try_once(self) -> None:
        """Sit until asked to stop, where the lock is free; else stand by."""
        lock = await asyncio.to_thread(self._make_lock)
        if not _acquire(lock):
            self._stand(Standing.BY)
            if asyncio.get_running_loop().time() - self._since > CALM_SECONDS:
                self._calm()
            return
        try:
            await self._sit()
        finally:
            lock.release()

    async def _sit(self) -> None:
        self._stand(Standing.TAKING)
        said, domains = self._settings.said, self._settings.operator.served
        number = await self._index.write(
            lambda con: journal.begin_term(
                con, self._index.clock(), os.getpid(), self._program, said, domains
            )
        )
        signing = asyncio.create_task(self._sign(), name="worker-pulse")
        try:
            workers = await asyncio.to_thread(importlib.import_module, "postroom.work.workers")
            term = Term(self._index, number)
            await workers.run(
                term,
                self._settings,
                self._provisioners,
                self._policy,
                self._answering,
                self._stop,
                self._begun,
                self._neighbours,
            )
        finally:
            signing.cancel()
            await asyncio.gather(signing, return_exceptions=True)

    def _begun(self) -> None:
        self._trouble = ""
        self._stand(Standing.SEATED)

    def _calm(self) -> None:
        self._trouble = ""
        self._rest = FIRST_REST

    async def _sign(self) -> None:
        while True:
            self._pulse.sign(self._program)
            await asyncio.sleep(PULSE_SECONDS)
            if self.standing is Standing.SEATED:
                self._calm()

    def _tell(self, error: Exception) -> None:
        """Say why the workers stopped, once; they are started again in any case."""
        self._stand(Standing.TAKING)
        why = _why(error)
        if why != self._trouble:
            log.error("The workers stopped and are started again.", exc_info=error)
        self._trouble = why

    def _stand(self, standing: Standing) -> None:
        if standing is not self.standing:
            self.standing = standing
            self._since = asyncio.get_running_loop().time()
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


def _why(error: BaseException) -> str:
    """What stopped the workers, for whoever waits for them. Of an error that is not ours only the
    kind is told: its words may be a stranger's."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    known = isinstance(error, (PostroomError, OSError, sqlite3.Error))
    said = str(error) if known else type(error).__name__
    return f"The sending and receiving fails and is tried again: {said}"


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
