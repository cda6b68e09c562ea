"""The caretaker: ends what has had its time, in small steps."""

import logging
from collections.abc import Awaitable, Callable

from postroom.index import held, journal, mailboxes, purge, uploads
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.index.paced import paced
from postroom.model.events import EventType
from postroom.model.mailboxes import MailboxStatus
from postroom.model.sends import SendStatus
from postroom.work.removals import Removals
from postroom.work.term import Term

NOBODY_DECIDED = "Nobody decided about it in time; it was not sent."

log = logging.getLogger("postroom.work")

ROUND_SECONDS = 2.0
STEP_SENDS = 100
"""Held sends that end in one transaction."""

STEP_MESSAGES = 50
"""Mail removed in one transaction: a purge must not keep a send waiting."""


class Caretaker:
    """Expiry of mailboxes, held sends and uploads, and the mail of mailboxes that are gone."""

    def __init__(
        self,
        term: Term,
        retention_seconds: float,
        forget: Callable[[str], Awaitable[None]],
        removals: Removals | None = None,
    ) -> None:
        """``forget`` removes an address's mail from the server it lies on; ``removals`` what is
        older than it may be, or was asked to go."""
        self._term = term
        self._removals = removals
        self._retention = retention_seconds
        self._forget = forget

    async def run(self) -> None:
        """Make the rounds until cancelled."""
        while True:
            jumped = self._term.index.next_jump()
            await self.round()
            await wait_for_event(jumped, ROUND_SECONDS)

    async def round(self) -> None:
        """End what is overdue, purge what may go. Raises Unavailable once the term is over."""
        await self._term.still_ours()
        now = self._term.index.clock()
        overdue = await self._term.index.read(lambda con: mailboxes.overdue(con, now))
        if overdue:
            await self._term.write(lambda con: _expire(con, now, overdue))
        await self._end_held(now)
        await self._remove_uploads(now)
        before = now - self._retention
        for box_id, address in await self._term.index.read(
            lambda con: mailboxes.to_purge(con, before)
        ):
            await self._purge(box_id, address)
        if self._removals is not None:
            await self._removals.round()

    async def _end_held(self, now: float) -> None:
        """End what nobody decided about in time."""
        if await self._term.index.read(lambda con: held.overdue(con, now, 1)):
            await self._term.write(lambda con: _end_held(con, now))

    async def _remove_uploads(self, now: float) -> None:
        """Remove files that nobody sent in time."""
        if await self._term.index.read(lambda con: uploads.is_overdue(con, now)):
            while await paced(self._term, lambda con: uploads.remove_some(con, now)):
                pass

    async def _purge(self, box_id: int, address: str) -> None:
        await self._forget(address)
        now = self._term.index.clock()
        while await paced(self._term, lambda con: _purge_some(con, now, box_id)):
            pass


def _purge_some(con: Connection, now: float, box_id: int) -> bool:
    """Whether there may be more. The last step and its record are one transaction: mail that was
    read before and comes to be indexed only now is refused from there on (intake.py)."""
    if purge.some(con, box_id, STEP_MESSAGES):
        return True
    mailboxes.purged(con, box_id, now)
    return False


def _expire(con: Connection, now: float, ids: list[int]) -> None:
    for id in ids:
        mailboxes.set_status(con, id, MailboxStatus.EXPIRED)
        journal.append(con, now, EventType.MAILBOX_EXPIRED, "worker", mailbox_id=id)


def _end_held(con: Connection, now: float) -> None:
    for send in held.overdue(con, now, STEP_SENDS):
        held.end(con, now, send, SendStatus.EXPIRED, "worker", NOBODY_DECIDED, send["note"])
