"""Another process that does something in a post room and dies at one transition of a send."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from servers import postroom_processes as processes

SIDES = pytest.mark.parametrize("side", ["before", "after"])
CHILD = Path(__file__).with_name("crashing_child.py")


async def crash(
    home: Path, what: str, given: dict[str, Any], arrow: str, side: str, speed: float = 1
) -> None:
    """Let another process do something, and die where a send moves along ``arrow``."""
    begin, _, end = arrow.partition(" → ")
    arguments = (home, what, json.dumps(given), begin, end, side, speed)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        *map(str, arguments),
        env={"PYTHONPATH": processes.SEARCH},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(child.communicate(), 60)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == -signal.SIGKILL, said.decode()
    states = [row["status"] for row in processes.ask(home, "SELECT status FROM sends")]
    there = begin if side == "before" else end
    assert states == ([] if there == "nothing" else [there.replace("edited", "held")])
