"""Functions that threads run, one after the other, and answers that come back to the event loop.

What `ThreadPoolExecutor` does, in two thirds of its time: a read of some tens of microseconds is
mostly the way to its thread and back.
"""

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from postroom.index.database import Connection
from postroom.model.errors import Unavailable

T = TypeVar("T")

log = logging.getLogger("postroom.index")

Job = Callable[[Connection], Any]

_Asked = tuple[Job, "asyncio.Future[Any] | None", asyncio.AbstractEventLoop]

CLOSE_SECONDS = 10.0
"""How long what is queued may take to be done when the index is closed."""


class JobThreads:
    """Threads that take jobs from one queue, in the order in which they were asked."""

    def __init__(self, name: str, count: int, connect: Callable[[], Connection]) -> None:
        """``connect`` opens the connection of one thread, on that thread, with its first job."""
        self._connect = connect
        self._closed = False
        self._jobs: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, job: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """A future of what ``job`` returns or raises. Cancelled before its turn, it is not run.

        Raises:
            Unavailable: the index is closed.
        """
        if self._closed:
            raise Unavailable("room_closed", "This post room is closed.", "Open it again.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put((job, done, loop))
        return done

    def submit(self, job: Job) -> None:
        """Queue a job that nobody waits for; what it raises is logged."""
        if not self._closed:
            self._jobs.put((job, None, asyncio.get_running_loop()))

    async def close(self) -> None:
        """Finish what is queued, then end the threads."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, CLOSE_SECONDS)

    def _work(self) -> None:
        con: Connection | None = None
        while (asked := self._jobs.get()) is not None:
            job, done, loop = asked
            if done is not None and done.cancelled():
                continue
            try:
                # Here, so that a file that cannot be opened is told to whoever asks, each time.
                con = con or self._connect()
                result = job(con)
            except BaseException as error:
                _tell(loop, done, None, error)
            else:
                _tell(loop, done, result, None)
        if con is not None:
            con.close()


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
