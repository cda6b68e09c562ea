"""The room, opened for one command: at the desk as the operator, and stopped cleanly."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from postroom.cli.answers import tell_error
from postroom.cli.asked import Asked
from postroom.cli.plain import plain

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.settings import Settings

T = TypeVar("T")

SETTLE_SECONDS = 10.0
"""For this process to become the worker, or to learn that another one is."""


class Stopped(KeyboardInterrupt):
    """The person or the system asked the command to end."""


def at_desk(
    asked: Asked,
    program: str,
    work: "Callable[[PostRoom], Awaitable[T]]",
    becomes_worker: bool = False,
    makes_room: bool = False,
) -> T:
    """What ``work`` answers in the opened room. With ``becomes_worker`` this process does the
    sending and receiving meanwhile, unless another one does; with ``makes_room`` the room is made
    where there is none.

    Raises:
        Stopped: a signal asked it to end; the room was closed first.
        NotFound: there is no room.
    """
    _log_to_stderr()
    settings = asked.settings() if makes_room else asked.existing()
    return asyncio.run(_in_room(asked, settings, program, work, becomes_worker))


async def _in_room(
    asked: Asked,
    settings: "Settings",
    program: str,
    work: "Callable[[PostRoom], Awaitable[T]]",
    becomes_worker: bool,
) -> T:
    from postroom.build import open_room
    from postroom.mcp.stopping import told_to_stop

    with told_to_stop() as stop:
        async with open_room(settings, program=program) as room:
            if becomes_worker:
                await _settle(asked, room, stop)
            answer = await unless_stopped(work(room), stop)
            if becomes_worker:
                await room.worker.stop()
            return answer


async def _settle(asked: Asked, room: "PostRoom", stop: asyncio.Event) -> None:
    await room.worker.start()
    if not await unless_stopped(room.worker.settled(SETTLE_SECONDS), stop):
        tell_error(
            asked.json,
            "no_worker",
            "No Postroom process could begin to send and receive.",
            "`postroom doctor` says what is wrong.",
        )


async def unless_stopped(work: Awaitable[T], stop: asyncio.Event) -> T:
    """What ``work`` gives back; `Stopped` once ``stop`` is set, with the work cancelled."""
    doing = asyncio.ensure_future(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Stopped
    finally:
        stopping.cancel()
        doing.cancel()
        await asyncio.wait({doing, stopping})


class _PlainLines(logging.Formatter):
    """A log line may quote a server, and with it a stranger."""

    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_PlainLines("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
