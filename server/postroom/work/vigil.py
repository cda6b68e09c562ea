"""One mailbox, watched: a connection that sleeps in IDLE, and syncs by UID when it wakes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.mail import FetchedMail
from postroom.index import folders, mailboxes
from postroom.index.folders import Folder
from postroom.model.errors import PostroomError
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.work import troubles
from postroom.work.intake import Intake
from postroom.work.pace import Pace
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

IDLE_SECONDS = 300.0
"""How long one IDLE lasts: servers drop a connection after 30 minutes (RFC 2177), middleboxes after
fewer."""

BATCH_MESSAGES = 64
BATCH_BYTES = 4 * 2**20
"""Mail indexed in one transaction: enough to share its cost, little enough to hold in memory."""

LAST_MAIL_SECONDS = 600.0
"""How long a mailbox is watched after its time is over: a mail that was begun before may take a
while to be handed over."""

ACCOUNT = "builtin"
INBOX = "INBOX"


class Vigil:
    """Keeps the index in step with one mailbox."""

    def __init__(
        self,
        term: Term,
        intake: Intake,
        login: Callable[[Mailbox], ImapLogin],
        logins: asyncio.Semaphore,
    ) -> None:
        """``logins`` bounds how many connections are opened at the same time."""
        self._term = term
        self._intake = intake
        self._login = login
        self._logins = logins

    async def keep(self, box_id: int) -> None:
        """Stay connected to a mailbox, whatever happens, until it is no longer to be watched."""
        tries = Tries()
        while True:
            try:
                # Read anew each time: who takes an expired mailbox back gets a new password.
                box = await self._read(box_id)
                if box is None:
                    return
                await self._connected(box, tries)
                return
            except PostroomError as error:
                await troubles.tell(self._term, box_id, troubles.sentence(error))
            except Exception:
                log.exception("Watching mailbox %s failed.", box_id)
                await troubles.tell(
                    self._term, box_id, "The watcher failed; `postroom doctor` tells more."
                )
            await asyncio.sleep(tries.failed())

    async def _connected(self, box: Mailbox, tries: "Tries") -> None:
        """Follow a mailbox over one connection. Returns when it is no longer to be watched."""
        async with self._logins:
            connection = await ImapConnection.open(self._login(box))
        try:
            selected = await connection.select(INBOX)
            folder = Folder(box.id, ACCOUNT, INBOX, selected.uidvalidity)
            await self._sync(connection, folder, tries)
            await troubles.tell(self._term, box.id, "")
            tries.went_well()
            pace, taken = Pace(), 0
            while (patience := await self._patience(box.id)) > 0:
                silence = await _silence(connection, patience)
                if silence >= patience - 1:  # is it still the INBOX? It may have been renamed.
                    selected = await connection.select(INBOX)
                    folder = replace(folder, uidvalidity=selected.uidvalidity)
                await asyncio.sleep(pace.rest(silence, taken))
                taken = await self._sync(connection, folder, tries)
        finally:
            await connection.close()

    async def _sync(self, connection: ImapConnection, folder: Folder, tries: "Tries") -> int:
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


async def _silence(connection: ImapConnection, patience: float) -> float:
    """How long nothing happened in the open folder, seconds; at most ``patience``."""
    begin = asyncio.get_running_loop().time()
    await connection.idle(patience)
    return asyncio.get_running_loop().time() - begin


def _is_full(batch: list[FetchedMail]) -> bool:
    return len(batch) >= BATCH_MESSAGES or sum(len(mail.raw) for mail in batch) >= BATCH_BYTES
