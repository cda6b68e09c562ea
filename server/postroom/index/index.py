"""The index as the rest of the program sees it: read, write, and hear of changes."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from postroom.clock import Clock
from postroom.index.bell import TOUCH_SECONDS, Bell
from postroom.index.database import Connection, check_version, connect
from postroom.index.journal import last_position
from postroom.index.readers import Readers
from postroom.index.writer import Writer

T = TypeVar("T")

LOOK_SECONDS = 0.25
"""How often to look without being rung: the bell is a hint, and hints get lost."""


class Index:
    """One post room's index, opened by one process."""

    def __init__(self, path: Path, bells: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._bell = Bell(bells, clock)
        self._readers = Readers(path)
        self._watch = connect(path, readonly=True)
        check_version(self._watch)
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(path, self._committed)
        self._changed = asyncio.Event()
        self._jumped = asyncio.Event()
        self._seen = self._data_version()
        self._version: int | None = None
        """Of this turn of the loop, where it was asked for."""
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Hang the bell and begin to look; before that, `changed` is never told."""
        await self._bell.hang(self._rung)
        self._looking = asyncio.create_task(self._look_now_and_then(), name="index-look")

    async def read(self, look: Callable[[Connection], T]) -> T:
        """What ``look`` returns, from one snapshot, on a reader's thread."""
        return await self._readers.read(look)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """What ``change`` returns, committed and on disk. ``change`` does no I/O but SQL."""
        return await self._writer.write(change)

    def note(self, change: Callable[[Connection], object]) -> None:
        """Queue a change that nobody waits for; a later `write` finds it done."""
        self._writer.submit(change)

    def next_change(self) -> asyncio.Event:
        """The event that the next commit of any process sets.

        Take it before looking and wait on it after: then a commit between the two is not missed.
        """
        return self._changed

    def next_jump(self) -> asyncio.Event:
        """The event that `time_jumped` sets, for who looks at the clock now and then; taken as
        ``next_change``."""
        return self._jumped

    def time_jumped(self) -> None:
        """Let whoever sleeps look at the clock again: said by who has put it forward."""
        self._jumped.set()
        self._jumped = asyncio.Event()
        self._rung()

    def version(self) -> int:
        """A number that is another one after any commit of any process, and the same while there is
        none (PRAGMA data_version, https://sqlite.org/pragma.html). Asked on the event loop, and
        once a turn of it: a request that is read in this turn is answered in the next one at the
        earliest, so that it finds what was written before it was sent."""
        if self._version is None:
            self._version = self._data_version()
            self._loop.call_soon(self._turned)
        return self._version

    def _turned(self) -> None:
        self._version = None

    async def position(self) -> int:
        """The newest position of the journal."""
        return await self.read(last_position)

    async def close(self) -> None:
        """Finish what is queued and let everything go."""
        if self._looking is not None:
            self._looking.cancel()
        await self._writer.close()
        self._bell.close()
        await self._readers.close()
        self._watch.close()

    def _committed(self) -> None:
        """On the writer's thread: the other processes first, they are further away."""
        self._bell.ring()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._rung)

    def _rung(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _data_version(self) -> int:
        """A number that another connection's commit changes; costs microseconds, reads no page."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    async def _look_now_and_then(self) -> None:
        touched = self.clock()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            version = self._data_version()
            if version != self._seen:
                self._seen = version
                self._rung()
            if self.clock() - touched > TOUCH_SECONDS:
                touched = self.clock()
                self._bell.touch()


async def wait_for_event(event: asyncio.Event, timeout: float) -> bool:
    """Whether ``event`` was set within ``timeout`` seconds."""
    try:
        async with asyncio.timeout(max(timeout, 0)):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def wait_for_any(*events: asyncio.Event, timeout: float) -> None:
    """Return once one of ``events`` is set, or ``timeout`` seconds have passed."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=max(timeout, 0), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
