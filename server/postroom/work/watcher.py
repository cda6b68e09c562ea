"""The watcher: every mailbox elsewhere is kept in step from its first moment to its last.

A way that is shared has one vigil, for all its mailboxes; otherwise each mailbox has one. (The
built-in server's mailboxes have none: it rings, see rounds.py.)
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from functools import partial

from postroom.index import folders, journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.mailboxes import Mailbox
from postroom.work.attention import Attention
from postroom.work.intake import Intake
from postroom.work.looks import Looks
from postroom.work.sources import AccountSource, MailboxSource, Source
from postroom.work.term import Term
from postroom.work.vigil import Vigil
from postroom.work.ways import Way

OPENINGS_AT_ONCE = 8
"""Connections that are opened at the same time on one way: a server that hangs keeps nobody waiting
but its own mailboxes."""

LOOK_SECONDS = 300.0
"""How often to look for mailboxes that came or went without being woken."""


class Watcher:
    """Keeps the index in step with every live mailbox on these ways."""

    def __init__(
        self,
        term: Term,
        intake: Intake,
        attention: Attention,
        looks: Looks,
        ways: Collection[Way],
    ) -> None:
        self._term = term
        self._ways = ways
        self._vigils = {
            way.name: Vigil(term, intake, attention, looks, asyncio.Semaphore(OPENINGS_AT_ONCE))
            for way in ways
        }
        self._looks = looks
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._known: set[int] = set()
        """The mailboxes that were there at the last look."""

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
        """Begin with what is new; what is gone ends by itself."""
        now = self._term.index.clock()
        wanted = {name: begin for box in boxes for name, begin in self._sources_of(box)}
        live = {name for box in boxes if box.receives(now) for name, _ in self._sources_of(box)}
        for name in [name for name in live & self._tasks.keys() if self._tasks[name].done()]:
            del self._tasks[name]  # it had expired, and is its owner's again
        for name in self._tasks.keys() - wanted.keys():
            self._tasks.pop(name).cancel()
        made = [box for box in boxes if box.id not in self._known]
        self._known = {box.id for box in boxes}
        for way in self._ways:
            if way.shared and any(box.address.rpartition("@")[2] in way.domains for box in made):
                self._looks.wake(way.name)
        for name in wanted.keys() - self._tasks.keys():
            source = wanted[name]()
            keeping = self._vigils[source.way.name].keep(source)
            self._tasks[name] = asyncio.create_task(keeping, name=f"watch-{name}")
        for way in self._ways:
            if way.shared and _account(way) not in wanted:
                await self._forget_strays(way)

    async def _forget_strays(self, way: Way) -> None:
        """Nothing is read there any more: what others wrote to it is none of our business."""
        left = await self._term.index.read(lambda con: folders.has_strays(con, way.name))
        if left:
            await self._term.write(lambda con: folders.forget_strays_beside(con, way.name, ()))

    def _sources_of(self, box: Mailbox) -> Iterable[tuple[str, Callable[[], Source]]]:
        """Where a mailbox's mail is read, by a name; nothing for one that goes another way."""
        domain = box.address.rpartition("@")[2]
        for way in self._ways:
            if domain in way.domains and way.shared:
                yield _account(way), partial(AccountSource, self._term, way)
            elif domain in way.domains:
                yield box.address, partial(MailboxSource, self._term, way, box)


def _account(way: Way) -> str:
    """What the watch over a shared login is called."""
    return f"account {way.name}"


def _changes(con: Connection, position: int) -> tuple[int, bool]:
    """(newest position, whether mailboxes came or went since ``position``)."""
    last = journal.last_position(con)
    if position == 0:
        return last, True
    return last, journal.mailboxes_changed(con, position)
