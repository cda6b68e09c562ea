"""A process that does one thing in a post room and is killed, by its own hand, at one transition.

    python crashing_child.py HOME ACT ARGUMENTS FROM TO SIDE SPEED

The arrow FROM → TO of the state table (model/sends.py) is watched for where it is written: SIDE
``before`` kills with SIGKILL just before its transaction is committed, ``after`` just behind that.
A send that is not there yet is ``nothing``; a held one that was edited is ``edited``. SPEED makes
the room's time run faster.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from postroom.build import PostRoom, open_room
from postroom.index import writer
from postroom.index.database import Connection
from postroom.model.callers import Caller, operator
from postroom.model.requests import Edit, SendRequest
from postroom.settings import load

T = TypeVar("T")

EDITED = "CASE WHEN status = 'held' AND changes <> '' THEN 'edited' ELSE status END"


def states(con: Connection) -> dict[int, str]:
    return {row[0]: row[1] for row in con.execute(f"SELECT id, {EDITED} FROM sends")}


def die_at(arrow: tuple[str, str], side: str) -> None:
    """End this process, as a power cut would, once a send moves along ``arrow``."""
    really = writer._transaction

    def transaction(con: Connection, change: Callable[[Connection], T]) -> T:
        met = False

        def watched(con: Connection) -> T:
            nonlocal met
            was = states(con)
            result = change(con)
            met = any(arrow == (was.get(id, "nothing"), now) for id, now in states(con).items())
            if met and side == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        result = really(con, watched)
        if met:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    writer._transaction = transaction


async def act(room: PostRoom, what: str, given: dict[str, Any]) -> None:
    held, send_id = room.desk.held, given.get("send_id", "")
    if what == "send":
        at = given.pop("at", None)
        request = SendRequest.model_validate(given)
        await room.desk.sending.send(Caller(agent="ada"), request, at)
    elif what == "cancel":
        await room.desk.unsent.cancel(operator(), send_id)
    elif what == "deny":
        await held.deny(operator(), send_id)
    elif what in ("approve", "edit"):
        shown = await held.show(operator(), send_id)
        if what == "approve":
            await held.approve(operator(), send_id, shown.hash)
        else:
            await held.edit(operator(), send_id, shown.hash, Edit(text=given["text"]))


async def main() -> None:
    home, what, given, begin, end, side, speed = sys.argv[1:]
    die_at((begin, end), side)
    began, factor = time.time(), float(speed)
    clock = lambda: began + (time.time() - began) * factor  # noqa: E731
    async with open_room(load(Path(home)), program="child", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(20)
        await act(room, what, json.loads(given))
        await asyncio.Event().wait()


asyncio.run(main())
