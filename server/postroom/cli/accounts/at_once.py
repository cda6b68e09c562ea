"""A probe, run to its end or until somebody stops it. Between two of them the program waits for a
person, outside of any event loop: there a signal ends it at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from postroom.cli.at_desk import unless_stopped

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives back. Raises Stopped where a signal asked the program to end."""
    return asyncio.run(_in_loop(work))


async def _in_loop(work: Coroutine[Any, Any, T]) -> T:
    from postroom.mcp.stopping import told_to_stop

    with told_to_stop() as stop:
        return await unless_stopped(work, stop)
