"""Another worker, killed before or after one of its transactions: home, which one, and the side."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from postroom.build import open_room
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.domains import DkimKey
from postroom.settings import load
from postroom.testing.clock import JumpClock
from postroom.work.domains.key_steps import KeySteps
from postroom.work.term import Term

PUBLISHED = "published"
"""In the home: the names whose records are found, a line each."""


class Dying(Term):
    """Kills its process at one of its transactions."""

    def arm(self, number: int, side: str) -> None:
        self._left, self._side = number, side

    async def write(self, change: Callable[[Connection], Any]) -> Any:
        self._left -= 1
        if self._left == 0 and self._side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await super().write(change)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


async def main() -> None:
    home, number, side, ahead = sys.argv[1:]
    clock = JumpClock()
    clock.ahead = float(ahead)
    found = set((Path(home) / PUBLISHED).read_text(encoding="ascii").split())

    async def sees(key: DkimKey) -> bool:
        return key.name in found

    async with open_room(load(Path(home)), program="child", clock=clock) as room:
        begun = await room.index.write(lambda con: journal.begin_term(con, clock(), 1, "child"))
        term = Dying(room.index, begun)
        term.arm(int(number), side)
        await KeySteps(term, sees).round()


if __name__ == "__main__":
    asyncio.run(main())
