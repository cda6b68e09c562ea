"""Another process of a post room: says "ready", waits for a word, then writes and says what."""

import asyncio
import sys
import time
from pathlib import Path

from postroom.build import PostRoom, open_room
from postroom.model.callers import Caller
from postroom.settings import Settings


async def word() -> bool:
    return bool(await asyncio.to_thread(sys.stdin.readline))


async def commit(room: PostRoom) -> None:
    """One mailbox a word, with the time of its commit."""
    while await word():
        await room.desk.mailboxes.create(Caller(agent="child"))
        print(time.time(), flush=True)


async def write(room: PostRoom, name: str) -> None:
    """Forty mailboxes and more, each said once it is acknowledged."""
    await word()
    for number in range(1, 200):
        await room.desk.mailboxes.create(Caller(agent="child"), f"{name}-{number}")
        print(number, flush=True)
        if number == 40 and not name.startswith("round"):
            return


async def main() -> None:
    home, what, *rest = sys.argv[1:]
    async with open_room(Settings(home=Path(home)), program="child") as room:
        print("ready", flush=True)
        await (write(room, *rest) if what == "write" else commit(room))


asyncio.run(main())
