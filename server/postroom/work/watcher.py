"""The watcher: a connection a mailbox, which sleeps in IDLE and syncs by UID when it wakes."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime
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
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.work.intake import Intake
from postroom.work.pace import Pace
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

IDLE_SECONDS = 300.0
"""How long one IDLE lasts: servers drop a connection after 30 minutes (RFC 2177), middleboxes after
fewer."""

FETCH_CHUNK = 100
"""Mails asked for at once, while all goes well."""

BATCH_MESSAGES = 64
BATCH_BYTES = 4 * 2**20
"""Mail indexed in one transaction: enough to share its cost, little enough to hold in memory."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Pauses between tries to reconnect, seconds; each is drawn between half and the whole of it, so
that a thousand mailboxes do not come back in the same instant."""

LOGINS_AT_ONCE = 8

LAST_MAIL_SECONDS = 600.0
"""How long a mailbox is watched after its time is over: a mail that was begun before may take a
while to be handed over."""

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
            name = f"watch-{wanted[id].address}"
            self._tasks[id] = asyncio.create_task(self._watch(id), name=name)

    async def _watch(self, box_id: int) -> None:
        """Stay connected to a mailbox, whatever happens, until it is no longer to be watched."""
        tries = _Tries()
        while True:
            try:
                # Read anew each time: who takes an expired mailbox back gets a new password.
                box = await self._read(box_id)
                if box is None:
                    return
                await self._connected(box, tries)
                return
            except PostroomError as error:
                await self._told(box_id, _problem(error))
            except Exception:
                log.exception("Watching mailbox %s failed.", box_id)
                await self._told(box_id, "The watcher failed; `postroom doctor` tells more.")
            await asyncio.sleep(tries.failed())

    async def _connected(self, box: Mailbox, tries: "_Tries") -> None:
        """Follow a mailbox over one connection. Returns when it is no longer to be watched."""
        async with self._logins:
            connection = await ImapConnection.open(self._login(box))
        try:
            selected = await connection.select(INBOX)
            folder = Folder(box.id, ACCOUNT, INBOX, selected.uidvalidity)
            await self._sync(connection, folder, tries)
            await self._told(box.id, "")
            tries.went_well()
            pace, taken = Pace(), 0
            while (patience := await self._patience(box.id)) > 0:
                await asyncio.sleep(pace.rest(await _silence(connection, patience), taken))
                taken = await self._sync(connection, folder, tries)
        finally:
            await connection.close()

    async def _sync(self, connection: ImapConnection, folder: Folder, tries: "_Tries") -> int:
        """How many mails have come since the last time; all of them are indexed."""
        taken = 0
        last = await self._term.index.read(lambda con: folders.last_uid(con, folder))
        batch: list[FetchedMail] = []
        try:
            async for mail in connection.fetch_after(last, chunk=tries.chunk):
                batch.append(mail)
                taken += 1
                if _is_full(batch):
                    full, batch = batch, []
                    await self._intake.take(folder, full)
                    tries.progressed()
        except PostroomError:
            if batch:  # what was fetched before it broke is not fetched again
                await self._intake.take(folder, batch)
                tries.progressed()
            raise
        if batch:
            await self._intake.take(folder, batch)
        return taken

    async def _patience(self, box_id: int) -> float:
        """How long to wait for the next mail, seconds; 0 where none can come any more."""
        box = await self._read(box_id)
        if box is None or box.status in (MailboxStatus.DELETED, MailboxStatus.PROVISIONING):
            return 0
        if box.expires_at is None:
            return IDLE_SECONDS
        left = box.expires_at + LAST_MAIL_SECONDS - self._term.index.clock()
        return min(max(left, 0), IDLE_SECONDS)

    async def _read(self, box_id: int) -> Mailbox | None:
        return await self._term.index.read(lambda con: mailboxes.by_id(con, box_id))

    async def _told(self, box_id: int, problem: str) -> None:
        """Record what is wrong with a mailbox, or that all is well, where that is news. Never
        raises: a mailbox must not be left unwatched because its trouble could not be written."""
        at = self._term.index.clock()

        def change(con: Connection) -> None:
            now = mailboxes.by_id(con, box_id)
            if now is None or _is_known(now, problem):
                return
            mailboxes.set_problem(con, box_id, problem and problem + _since(at))
            journal.append(con, at, EventType.MAILBOX_PROBLEM, "worker", mailbox_id=box_id)

        try:
            current = await self._read(box_id)
            if current is not None and not _is_known(current, problem):
                await self._term.write(change)
        except Exception as error:
            log.error("The problem of mailbox %s was not recorded.", box_id, exc_info=error)


async def _silence(connection: ImapConnection, patience: float) -> float:
    """How long nothing happened in the open folder, seconds; at most ``patience``."""
    begin = asyncio.get_running_loop().time()
    await connection.idle(patience)
    return asyncio.get_running_loop().time() - begin


class _Tries:
    """How the tries to keep up with one mailbox go: how long to rest, and how much to ask for."""

    def __init__(self) -> None:
        self.went_well()

    def went_well(self) -> None:
        """It was connected, and all was fetched."""
        self.chunk = FETCH_CHUNK
        self._pause = FIRST_PAUSE

    def progressed(self) -> None:
        """Some mail was fetched: no reason to wait longer each time."""
        self._pause = FIRST_PAUSE

    def failed(self) -> float:
        """How long to rest, seconds. Next time less is asked for at once, so that a line that
        never holds for long still brings every mail."""
        self.chunk = max(self.chunk // 2, 1)
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause * random.uniform(0.5, 1)


def _is_full(batch: list[FetchedMail]) -> bool:
    return len(batch) >= BATCH_MESSAGES or sum(len(mail.raw) for mail in batch) >= BATCH_BYTES


def _changes(con: Connection, position: int) -> tuple[int, bool]:
    """(newest position, whether mailboxes came or went since ``position``)."""
    last = journal.last_position(con)
    if position == 0:
        return last, True
    return last, journal.mailboxes_changed(con, position)


def _since(at: float) -> str:
    return f" Since {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC."


def _is_known(box: Mailbox, problem: str) -> bool:
    """Whether it is this problem that a mailbox has already, since whenever."""
    return box.problem.partition(" Since ")[0] == problem


def _problem(error: PostroomError) -> str:
    said = {
        "imap_login_refused": "The mail server refuses the login.",
        "imap_login_disabled": "The mail server refuses the login.",
        "imap_connection_lost": "The connection to the mail server was lost; trying again.",
        "imap_bye": "The mail server ended the connection; trying again.",
        "imap_timeout": "The mail server does not answer in time; trying again.",
        "imap_unreachable": "The mail server does not answer; trying again.",
        "imap_message_unreadable": "The mail server does not hand out a message; trying again.",
    }
    return said.get(error.code, "The mail server cannot be used at the moment; trying again.")
