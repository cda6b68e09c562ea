"""The watcher: a connection a mailbox, which sleeps in IDLE and syncs by UID when it wakes."""

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.mail import FetchedMail
from postroom.index import folders, journal, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder
from postroom.index.index import wait_for_event
from postroom.model.errors import PostroomError
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.work.intake import Intake
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

IDLE_SECONDS = 300.0
"""How long one IDLE lasts: servers drop a connection after 30 minutes (RFC 2177), middleboxes after
fewer."""

BATCH_MESSAGES = 64
BATCH_BYTES = 4 * 2**20
"""Mail indexed in one transaction: enough to share its cost, little enough to hold in memory."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Pauses between tries to reconnect, seconds; each is drawn between half and the whole of it, so
that a thousand mailboxes do not come back in the same instant."""

LOGINS_AT_ONCE = 8
ACCOUNT = "builtin"
INBOX = "INBOX"


class Watcher:
    """Keeps the index in step with every live mailbox."""

    def __init__(self, term: Term, intake: Intake, login: Callable[[Mailbox], ImapLogin]) -> None:
        self._term = term
        self._intake = intake
        self._login = login
        self._logins = asyncio.Semaphore(LOGINS_AT_ONCE)
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
                await wait_for_event(changed, IDLE_SECONDS)
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
            self._tasks[id] = asyncio.create_task(
                self._watch(wanted[id]), name=f"watch-{wanted[id].address}"
            )

    async def _watch(self, box: Mailbox) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._connected(box)
                return
            except PostroomError as error:
                await self._told(box, _problem(error))
            except Exception:
                log.exception("Watching mailbox %s failed.", box.id)
                await self._told(box, "The watcher failed; `postroom doctor` tells more.")
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connected(self, box: Mailbox) -> None:
        """Follow a mailbox over one connection. Returns when it is no longer to be watched."""
        async with self._logins:
            connection = await ImapConnection.open(self._login(box))
        try:
            selected = await connection.select(INBOX)
            folder = Folder(box.id, ACCOUNT, INBOX, selected.uidvalidity)
            await self._told(box, "")
            while True:
                await self._sync(connection, folder)
                if not await self._still_live(box):
                    await self._sync(connection, folder)
                    return
                await connection.idle(IDLE_SECONDS)
        finally:
            await connection.close()

    async def _sync(self, connection: ImapConnection, folder: Folder) -> None:
        last = await self._term.index.read(lambda con: folders.last_uid(con, folder))
        batch: list[FetchedMail] = []
        held = 0
        async for mail in connection.fetch_after(last):
            batch.append(mail)
            held += len(mail.raw)
            if len(batch) >= BATCH_MESSAGES or held >= BATCH_BYTES:
                await self._intake.take(folder, batch)
                batch, held = [], 0
        if batch:
            await self._intake.take(folder, batch)

    async def _still_live(self, box: Mailbox) -> bool:
        now = await self._term.index.read(lambda con: mailboxes.by_id(con, box.id))
        return now is not None and now.receives(self._term.index.clock())

    async def _told(self, box: Mailbox, problem: str) -> None:
        """Record what is wrong with a mailbox, or that all is well, where that is news."""

        def change(con: Connection) -> None:
            now = mailboxes.by_id(con, box.id)
            if now is None or now.problem == problem:
                return
            mailboxes.set_problem(con, box.id, problem)
            at = self._term.index.clock()
            journal.append(con, at, EventType.MAILBOX_PROBLEM, "worker", mailbox_id=box.id)

        current = await self._term.index.read(lambda con: mailboxes.by_id(con, box.id))
        if current is not None and current.problem != problem:
            await self._term.write(change)


def _changes(con: Connection, position: int) -> tuple[int, bool]:
    """(newest position, whether mailboxes came or went since ``position``)."""
    last = journal.last_position(con)
    if position == 0:
        return last, True
    return last, journal.mailboxes_changed(con, position)


def _problem(error: PostroomError) -> str:
    said = {
        "imap_login_refused": "The mail server refuses the login.",
        "imap_login_disabled": "The mail server refuses the login.",
        "imap_connection_lost": "The connection to the mail server was lost; trying again.",
        "imap_unreachable": "The mail server does not answer; trying again.",
        "imap_message_unreadable": "The mail server does not hand out a message; trying again.",
    }
    return said.get(error.code, "The mail server cannot be used at the moment; trying again.")
