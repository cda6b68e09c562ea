"""Post rooms in the test's own process, on real files and sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from postroom.build import PostRoom, open_room
from postroom.clock import Clock, system_clock
from postroom.index.database import Connection
from postroom.model.answers import SendAnswer
from postroom.model.callers import Caller
from postroom.model.requests import SendRequest
from postroom.settings import Operator, Settings
from postroom.testing.clock import JumpClock as JumpClock

T = TypeVar("T")

ADA = Caller(agent="ada")
BEN = Caller(agent="ben")
PATIENCE = 15.0


@asynccontextmanager
async def opened(
    home: Path, *, working: bool = True, clock: Clock = system_clock, **operator: Any
) -> AsyncIterator[PostRoom]:
    """A room at ``home``; with ``working``, once this process does its I/O."""
    settings = Settings(home=home, operator=Operator(**operator))
    async with open_room(settings, program="test", clock=clock) as room:
        if working:
            await room.worker.start()
            assert await room.worker.settled(PATIENCE)
        yield room


async def until(room: PostRoom, look: Callable[[Connection], T], seconds: float = PATIENCE) -> T:
    """What ``look`` finds in the index as soon as it is true; fails after ``seconds``."""
    async with asyncio.timeout(seconds):
        while True:
            changed = room.index.next_change()
            if found := await room.index.read(look):
                return found
            await changed.wait()


async def mailbox(room: PostRoom, caller: Caller, **asked: Any) -> str:
    """The address of a mailbox of the caller, named as the caller is."""
    made = await room.desk.mailboxes.create(caller, **{"username": caller.agent, **asked})
    return made.address


async def send(room: PostRoom, caller: Caller, **asked: Any) -> SendAnswer:
    return await room.desk.sending.send(caller, SendRequest(**{"text": "Hello.", **asked}))


async def drop_off(room: PostRoom, caller: Caller, **asked: Any) -> int:
    """The row id of a send that is on disk, without waiting for what becomes of it."""

    def newest(con: Connection) -> int:
        return int(con.execute("SELECT coalesce(max(id), 0) FROM sends").fetchone()[0])

    before = await room.index.read(newest)
    sending = asyncio.create_task(send(room, caller, **asked))
    try:
        return await until(room, lambda con: max(newest(con) - before, 0) and newest(con))
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def sends_in(*statuses: str) -> Callable[[Connection], list[Any]]:
    """Sends whose status is one of these."""

    def look(con: Connection) -> list[Any]:
        marks = ",".join("?" * len(statuses))
        return list(con.execute(f"SELECT * FROM sends WHERE status IN ({marks})", statuses))

    return look


def received(subject: str) -> Callable[[Connection], list[Any]]:
    """Messages that came in with this subject."""

    def look(con: Connection) -> list[Any]:
        return list(
            con.execute(
                "SELECT * FROM messages WHERE direction = 'received' AND subject = ?", (subject,)
            )
        )

    return look
