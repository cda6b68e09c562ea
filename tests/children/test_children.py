"""Another program's start, cancelled at any of its turns."""

import asyncio
import os
import shlex
import sys
import uuid
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from postroom.children import begun

ONLY_WITH_PROC = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: reads /proc")


def running(mark: str) -> list[int]:
    """The processes that have ``mark`` in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if mark.encode() in line:
            found.append(int(folder.name))
    return found


@ONLY_WITH_PROC
@pytest.mark.parametrize("turns", range(1, 12))
@pytest.mark.parametrize(("stdin", "stdout"), [(PIPE, PIPE), (PIPE, None), (None, None)])
async def test_a_start_that_is_cancelled_ends_and_leaves_no_process(
    turns: int, stdin: int | None, stdout: int | None
) -> None:
    mark = uuid.uuid4().hex
    code = "import sys, time; time.sleep(60)"
    line = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {mark}; true"
    start = asyncio.create_task(
        begun(
            asyncio.create_subprocess_shell(
                line, stdin=stdin, stdout=stdout, start_new_session=True
            )
        )
    )
    for _ in range(turns):
        await asyncio.sleep(0)
    start.cancel()
    (ended,) = await asyncio.gather(start, return_exceptions=True)
    if isinstance(ended, asyncio.subprocess.Process):  # it had begun before
        os.killpg(ended.pid, 9)
        await ended.wait()
    else:
        assert isinstance(ended, asyncio.CancelledError)
    assert await soon_gone(mark), "what the shell started went on"


async def soon_gone(mark: str) -> bool:
    """Whether no process with the mark is left; a killed one takes a moment to go."""
    for _ in range(1_000):
        if not running(mark):
            return True
        await asyncio.sleep(0.01)
    return False


async def test_what_cannot_be_started_says_why() -> None:
    with pytest.raises(FileNotFoundError):
        await begun(asyncio.create_subprocess_exec("/nowhere/at/all", start_new_session=True))
