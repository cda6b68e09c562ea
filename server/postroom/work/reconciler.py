"""Finds out about sends that a dead worker had in hand, or whose answer never came.

The built-in server files the Sent copy in the transaction that accepts a mail: whether it is there
tells whether the mail was taken. There, the send is ``sent``; not there, it goes again with the
same Message-ID.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.index import mailboxes, sends
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.index.sends import Waiting
from postroom.model.errors import PostroomError
from postroom.model.mailboxes import MailboxStatus
from postroom.model.sends import SendStatus
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

RECONSIDER_SECONDS = 2.0
"""How long after a lost answer to look: the server may still be busy with storing the mail, and
who looks too early sends it twice."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between looks while something cannot be found out, doubled each time."""

SEARCH_SECONDS = 120.0
"""Patience with one answer: a search through tens of thousands of sent mails takes a while."""

SENT = "Sent"


class Reconciler:
    """Asks the Sent folder where nobody knows whether a server took a mail."""

    def __init__(self, term: Term, imap: Callable[[Waiting], ImapLogin]) -> None:
        self._term = term
        self._imap = imap
        self._asked = asyncio.Event()
        self._delay = 0.0

    def look(self, after: float = 0.0) -> None:
        """Something is in doubt: look, once ``after`` seconds have passed."""
        self._delay = max(self._delay, after)
        self._asked.set()

    async def run(self, in_hand: Callable[[], Collection[int]]) -> None:
        """Look at the start and whenever asked to, until cancelled. What is ``in_hand`` is being
        submitted by this very worker."""
        pause = FIRST_PAUSE
        while True:
            try:
                left = await self._reconcile(in_hand)
            except Exception as error:
                log.error("What became of some sends cannot be found out.", exc_info=error)
                left = True
            if await wait_for_event(self._asked, pause if left else LONGEST_PAUSE):
                self._asked.clear()
                delay, self._delay, pause = self._delay, 0.0, FIRST_PAUSE
                await asyncio.sleep(delay)
            elif left:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _reconcile(self, in_hand: Callable[[], Collection[int]]) -> bool:
        """Whether something is left that could not be found out."""
        ours = set(in_hand())
        found = await self._term.index.read(
            lambda con: [*sends.interrupted(con), *sends.doubtful(con)]
        )
        left = False
        for send in found:
            if send.id not in ours and send.id not in in_hand():
                left |= not await self._find_out(send)
        return left

    async def _find_out(self, send: Waiting) -> bool:
        taken = await self._was_taken(send)
        if taken is None:
            return await self._term.write(lambda con: self._give_up(con, send))
        status = SendStatus.SENT if taken else SendStatus.QUEUED
        detail = "found in Sent" if taken else "not in Sent: goes again, same Message-ID"
        await self._term.write(partial(self._settle, send=send, status=status, detail=detail))
        return True

    async def _was_taken(self, send: Waiting) -> bool | None:
        """Whether the server filed a Sent copy of it; None where that cannot be found out now."""
        message_id = f"{send.public_id}@{send.address.rpartition('@')[2]}"
        try:
            connection = await ImapConnection.open(self._imap(send), timeout=SEARCH_SECONDS)
        except PostroomError:
            return None
        try:
            await connection.select(SENT)
            return bool(await connection.find_message_id(message_id))
        except PostroomError:
            return None
        finally:
            await connection.close()

    def _settle(self, con: Connection, send: Waiting, status: SendStatus, detail: str) -> None:
        row = sends.by_id(con, send.id)
        if row is None or row["status"] not in (SendStatus.SUBMITTING, SendStatus.UNKNOWN):
            return  # it was settled while we asked
        if status is SendStatus.SENT:
            sends.accept_all(con, send.id)
        sends.settle(con, self._term.index.clock(), send.id, status, detail=detail)

    def _give_up(self, con: Connection, send: Waiting) -> bool:
        """Whether asking again is of no use: the mailbox was deleted, and its Sent folder too."""
        box = mailboxes.by_id(con, send.mailbox_id)
        if box is None or box.status is not MailboxStatus.DELETED:
            return False
        row = sends.by_id(con, send.id)
        if row is not None and row["status"] == SendStatus.SUBMITTING:
            reason = "Its mailbox was deleted before anybody knew whether the server took it."
            now = self._term.index.clock()
            sends.settle(con, now, send.id, SendStatus.UNKNOWN, reason=reason)
        return True
