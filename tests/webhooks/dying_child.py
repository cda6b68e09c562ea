"""A process that works in a post room and is killed, by its own hand, when a delivery has been
answered and its endpoint's place is about to be written down.

    python dying_child.py HOME SIDE       SIDE: before or after the write
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from postroom.build import open_room
from postroom.settings import load
from postroom.work.webhooks.ledger import Ledger

HOME, SIDE = Path(sys.argv[1]), sys.argv[2]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    write = Ledger.write

    async def dying(ledger: Ledger) -> None:
        is_delivery = any(each._news.attempts for each in ledger._changed)
        if is_delivery and SIDE == "before":
            die()
        await write(ledger)
        if is_delivery:
            die()

    Ledger.write = dying  # type: ignore[method-assign, assignment]
    async with open_room(load(HOME), program="child") as room:
        await room.worker.start()
        await asyncio.Event().wait()


asyncio.run(main())
