"""Which mailboxes somebody waits on just now, told to those who watch them.

A wait may begin in any process. It leaves a row in the index; one look at these rows after each
commit serves all watchers, however many there are.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from postroom.index import logins
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.work.term import Term

LOOK_SECONDS = 60.0


@dataclass(frozen=True)
class Waited:
    """A mailbox on which somebody waits, and until when (seconds since 1970)."""

    mailbox_id: int
    domain: str
    until: float


class Concerned(Protocol):
    """Whoever watches mailboxes."""

    def concerns(self, waited: Waited) -> bool:
        """Whether the mailbox is one of those."""


class Attention:
    """What is waited on."""

    def __init__(self, term: Term) -> None:
        self._term = term
        self._waited: dict[int, Waited] = {}
        self._more = asyncio.Event()

    async def run(self) -> None:
        """Keep looking, until cancelled."""
        index = self._term.index
        while True:
            changed = index.next_change()
            found = await index.read(_look)
            more = found.keys() - self._waited.keys()
            self._waited = found
            if more:
                self._more.set()
                self._more = asyncio.Event()
            await wait_for_event(changed, LOOK_SECONDS)

    def left(self, who: Concerned) -> float:
        """For how many seconds yet somebody waits on a mailbox of ``who``; 0 for nobody."""
        now = self._term.index.clock()
        ends = (one.until - now for one in self._waited.values() if who.concerns(one))
        return max(ends, default=0.0)

    async def begins(self, who: Concerned) -> None:
        """Return once somebody waits on a mailbox that ``who`` watches."""
        while self.left(who) <= 0:
            await self._more.wait()


def _look(con: Connection) -> dict[int, Waited]:
    return {
        row["mailbox_id"]: Waited(
            row["mailbox_id"], row["address"].rpartition("@")[2], row["until"]
        )
        for row in logins.waits(con)
    }
