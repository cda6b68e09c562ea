"""Lines to standard output: at once where that cannot block, else in a thread.

The SDK hands each line to a worker thread twice, to write and to flush. That was measured to be an
eighth of what a read costs a client, and half of it on a busy machine.
"""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anyio import to_thread

READY_BYTES = min(getattr(select, "PIPE_BUF", 0), 2048)
"""What a descriptor that says it is ready takes without blocking: PIPE_BUF where it is a pipe
(POSIX), 2048 where it is a socket (macOS; Linux takes more). Windows says nothing of pipes."""


@contextmanager
def standard_output() -> Iterator["StandardOutput"]:
    """Standard output for the protocol alone: whatever else is printed meanwhile goes to standard
    error, where no client takes it for an answer."""
    wire = os.dup(1)
    with suppress(OSError):  # there is no standard error
        os.dup2(2, 1)
    try:
        yield StandardOutput(wire)
    finally:
        # The duplicate stays open: a thread may sit in a write to it.
        with suppress(OSError):
            os.dup2(wire, 1)


class StandardOutput:
    """A file of text, as far as the SDK uses one."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kept = b""

    async def write(self, text: str) -> None:
        """Keep ``text`` for the next `flush`."""
        self._kept += text.encode("utf-8", "replace")

    async def flush(self) -> None:
        """All that was kept is out. Raises OSError where nobody is there to read it."""
        left, self._kept = memoryview(self._kept), b""
        left = self._write_what_is_taken(left)
        if left:
            await to_thread.run_sync(self._write, left)

    def _write_what_is_taken(self, data: memoryview) -> memoryview:
        """What is left once the descriptor is no longer ready."""
        while READY_BYTES and data and self._is_ready():
            try:
                data = data[os.write(self._descriptor, data[:READY_BYTES]) :]
            except BlockingIOError:
                break
        return data

    def _is_ready(self) -> bool:
        return bool(select.select((), (self._descriptor,), (), 0)[1])

    def _write(self, data: memoryview) -> None:
        """In a thread."""
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # somebody who shares it has made it so
                select.select((), (self._descriptor,), ())
