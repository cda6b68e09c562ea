"""Starting another program, so that a cancelled start leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Coroutine
from typing import Any


async def begun(starting: Coroutine[Any, Any, Process]) -> Process:
    """The process that ``starting`` gives, which has to lead a session of its own where there are
    any. Cancelled before it is there, it is awaited and ended: asyncio, cancelled amid a start,
    waits for ever for pipes that were not connected, and what a shell has started goes on.

    Raises:
        OSError: it cannot be started.
    """
    start = asyncio.ensure_future(starting)
    try:
        return await asyncio.shield(start)
    except asyncio.CancelledError:
        await asyncio.wait({start})
        if not start.exception():
            await end(start.result())
        raise


def tell(process: Process, name: str) -> None:
    """Send a signal to a process and what it started: a shell alone would leave orphans behind."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.terminate()
        else:
            os.killpg(process.pid, getattr(signal, name))


async def end(process: Process) -> None:
    """Make it end, and wait until it is gone and its pipes are closed."""
    if process.returncode is None:  # else its number may be another one's by now
        tell(process, "SIGKILL")
    for pipe in (process.stdout, process.stderr):
        while pipe is not None and await pipe.read(1 << 16):
            pass  # a pipe that is not read to its end stays open
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
