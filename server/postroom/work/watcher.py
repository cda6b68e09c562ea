"""The watcher: a vigil over every mailbox, from its first moment to its last."""

import asyncio
from collections.abc import Callable
from functools import partial

from postroom.imap.account import ImapLogin
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.mailboxes import Mailbox
from postroom.work.intake import Intake
from postroom.work.term import Term
from postroom.work.vigil import Vigil

LOGINS_AT_ONCE = 8

LOOK_SECONDS = 300.0
"""How often to look for mailboxes that came or went without being woken."""


class Watcher:
    """Keeps the index in step with every live mailbox."""

    def __init__(self, term: Term, intake: Intake, login: Callable[[Mailbox], ImapLogin]) -> None:
        self._term = term
        self._vigil = Vigil(term, intake, login, asyncio.Semaphore(LOGINS_AT_ONCE))
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Watch every mailbox from its first moment to its last, until cancelled."""
        index = self._term.index
        try:
            position = 0
            while True:
                changed = index.next_change()
                position, stale = await index.read(partial(_changes, position=position))
                if stale:
                    await self._follow(await index.read(mailboxes.watched))
                await wait_for_event(changed, LOOK_SECONDS)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _follow(self, boxes: list[Mailbox]) -> None:
        """Begin with mailboxes that are new; those that are gone end by themselves."""
        wanted = {box.id: box for box in boxes}
        live = {box.id for box in boxes if box.receives(self._term.index.clock())}
        for id in [id for id in live & self._tasks.keys() if self._tasks[id].done()]:
            del self._tasks[id]  # it had expired, and is its owner's again
        for id in self._tasks.keys() - wanted.keys():
            self._tasks.pop(id).cancel()
        for id in wanted.keys() - self._tasks.keys():
            name = f"watch-{wanted[id].address}"
            self._tasks[id] = asyncio.create_task(self._vigil.keep(id), name=name)


def _changes(con: Connection, position: int) -> tuple[int, bool]:
    """(newest position, whether mailboxes came or went since ``position``)."""
    last = journal.last_position(con)
    if position == 0:
        return last, True
    return last, journal.mailboxes_changed(con, position)
