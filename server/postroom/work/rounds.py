"""The built-in server's mailboxes, read when its doorbell rings: over IMAP, as any other."""

import asyncio
import logging

from postroom.imap.connection import ImapConnection
from postroom.imap.pool import ConnectionPool
from postroom.index import mailboxes
from postroom.index.folders import Folder
from postroom.model.errors import NotFound, PostroomError
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.work import troubles
from postroom.work.doorbell import INBOX, SENT, Doorbell
from postroom.work.folder_reader import FolderReader
from postroom.work.intake import Intake
from postroom.work.numbering import check_numbering
from postroom.work.pace import Pace
from postroom.work.places import Place, Role
from postroom.work.term import Term
from postroom.work.tries import Tries
from postroom.work.ways import Way

log = logging.getLogger("postroom.work")

MOST_CONNECTIONS = 64
"""Connections to the built-in server at a time; each costs two open files here and there."""

KEPT_SECONDS = 300.0
"""How long a mailbox's connection is kept for its next mail."""

NEVER_OLD = 0.0
"""The built-in server holds nothing from before a mailbox was made."""

LINGER_SECONDS = 1.0
"""How long a visit waits for the next ring: it remembers how fast mail comes in."""


class Rounds:
    """A visit to each mailbox at which it rings."""

    def __init__(self, term: Term, intake: Intake, way: Way, doorbell: Doorbell) -> None:
        self._term = term
        self._intake = intake
        self._way = way
        self._doorbell = doorbell
        self._pool = ConnectionPool(
            per_login=1, per_host=MOST_CONNECTIONS, idle_seconds=KEPT_SECONDS, check_seconds=60.0
        )
        self._visits: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Answer the doorbell, until cancelled."""
        try:
            while True:
                for address in await self._doorbell.answer():
                    if address not in self._visits:
                        task = asyncio.create_task(self._visit(address), name=f"visit-{address}")
                        self._visits[address] = task
        finally:
            for task in self._visits.values():
                task.cancel()
            await asyncio.gather(*self._visits.values(), return_exceptions=True)
            await self._pool.close()

    async def _visit(self, address: str) -> None:
        tries, pace, taken = Tries(), Pace(), 0
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while await self._doorbell.again(address, LINGER_SECONDS):
            await asyncio.sleep(pace.rest(loop.time() - looked, taken))
            taken = await self._read_until_done(address, self._doorbell.take(address), tries)
            looked = loop.time()
        # Nothing is awaited between the last look at the bell and this.
        del self._visits[address]

    async def _read_until_done(self, address: str, folders: dict[str, int], tries: Tries) -> int:
        """How many mails were taken from these folders, whatever had to be tried again."""
        taken = 0
        box: Mailbox | None = None
        while folders:
            try:
                box = await self._term.index.read(lambda con: mailboxes.by_address(con, address))
                if box is None or box.status is MailboxStatus.DELETED:
                    return taken
                for name in sorted(folders):
                    taken += await self._read(box, name, folders[name], tries)
                    del folders[name]
                await troubles.tell(self._term, box.id, "")
                tries.went_well()
            except PostroomError as error:
                await self._rest(box, troubles.sentence(error), tries)
            except Exception:
                log.exception("Reading mailbox %s failed.", box.id if box else "?")
                await self._rest(box, troubles.FAILED, tries)
        return taken

    async def _rest(self, box: Mailbox | None, problem: str, tries: Tries) -> None:
        if box is not None:
            await troubles.tell(self._term, box.id, problem)
        await asyncio.sleep(tries.failed())

    async def _read(self, box: Mailbox, name: str, uidvalidity: int, tries: Tries) -> int:
        login = await self._way.imap(box.address, box.password)
        async with self._pool.lend(login) as connection:
            try:
                opened = await _open(connection, name, uidvalidity)
            except NotFound:
                if name == INBOX:
                    raise
                return 0  # somebody deleted or renamed it; it rings when there is one again
            selected = connection.selected
            assert selected is not None
            folder = Folder(box.id, self._way.name, name, selected.uidvalidity)
            role = Role.SENT if name == SENT else Role.INBOX
            place = Place(folder, role, self._way, since=NEVER_OLD)
            if opened:
                await check_numbering(self._term, connection, place, selected)
            reader = FolderReader(self._term, self._intake, connection, place, tries)
            return await reader.read(selected.exists)


async def _open(connection: ImapConnection, name: str, uidvalidity: int) -> bool:
    """Let the folder be open and up to date; whether it was opened for that. INBOX mostly is open
    already: opening a folder of 100,000 messages costs the server a tenth of a second, asking it
    nothing. Not so a folder of that name that is another one by its UIDVALIDITY: a session stays
    in what it opened, whatever that is called now."""
    selected = connection.selected
    if selected is not None and (selected.name, selected.uidvalidity) == (name, uidvalidity):
        await connection.noop()
        return False
    await connection.select(name)
    return True
