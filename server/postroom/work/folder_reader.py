"""Keeps the index in step with one open folder: what is new, what was there before, what is gone.

    last_uid ──► new mail, ascending, in the order in which it came
    down_to  ◄── mail from before our first look at a large folder: newest first, in slices, so that
                 the newest conversations can be read within seconds

Each batch is one transaction with how far the folder is read, so that a connection that breaks
anywhere loses and doubles nothing. While one is being indexed the next one is fetched.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postroom.conversations.identifiers import own_id
from postroom.imap.connection import ImapConnection
from postroom.imap.folders import SelectedFolder
from postroom.imap.mail import FetchedMail, UnreadableMail
from postroom.imap.uids import MAX_UID, UidSet
from postroom.index import folders, journal, mail
from postroom.index.database import Connection, Row
from postroom.index.folders import Folder, Progress
from postroom.mime.parse import parse
from postroom.model.errors import PostroomError, Refused
from postroom.model.events import EventType
from postroom.work.conveyor import Conveyor
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

BATCH_MESSAGES = 100
BATCH_BYTES = 4 * 2**20
"""Mail indexed in one transaction: enough to share its cost, little enough to hold in memory."""

SMALL_FOLDER = 500
"""Messages that are read in their order at a first look: they take a second or two."""

SLICE = 1_000
"""Messages from before that are read between two looks for new ones."""

CALENDARS = timedelta(days=2)
"""How far apart two calendars may be: SEARCH knows days, each server its own."""

UNREADABLE = "its server does not hand it out"


class FolderReader:
    """Reads one folder over one connection, on which it is open."""

    def __init__(
        self, term: Term, intake: Intake, connection: ImapConnection, place: Place, tries: Tries
    ) -> None:
        self._term = term
        self._intake = intake
        self._connection = connection
        self._place = place
        self._tries = tries
        self._progress = Progress()
        self._first_look = False
        self._floor: int | None = None

    @property
    def read_at(self) -> float:
        """When all that lay there had been read, seconds since 1970; 0 before."""
        return self._place.read_at

    async def check_numbering(self, selected: SelectedFolder, *, closely: bool = False) -> None:
        """Where the server was put back to an earlier state of this folder, which has just been
        opened, let it be read anew: it gives out UIDs again that were other mails before. (It
        should renew UIDVALIDITY then, RFC 3501 §2.3.1.1; one that is restored from a backup knows
        nothing of that.) ``closely``: also see whether the last mail is still the one we know."""
        folder = self._place.folder
        progress = await self._term.index.read(lambda con: folders.progress(con, folder))
        if await self._was_put_back(progress, selected) or (closely and await self._is_another()):
            log.warning("A mail server was put back to an earlier state; a folder is read anew.")
            await self._term.write(lambda con: folders.renumber(con, folder))

    async def _was_put_back(self, progress: Progress, selected: SelectedFolder) -> bool:
        counted, changes = progress.modseq, selected.highestmodseq
        if counted is not None and changes is not None and changes < counted:
            return True
        following = selected.uidnext
        if following is None or following > progress.last_uid:
            return False
        # Some servers tell a UIDNEXT that is not true: then there is mail above it.
        return not await self._connection.uids(following)

    async def _is_another(self) -> bool:
        """Whether the last mail that we know is another one by now. By its Message-ID: some servers
        put a mail together anew each time, and no two times alike."""
        if self._place.role is Role.SENT:
            return False  # there a provider may have renamed it
        folder = self._place.folder
        known = await self._term.index.read(lambda con: folders.top_known(con, folder))
        if known is None:
            return False
        uid, message_id = known
        with contextlib.suppress(UnreadableMail):
            async with aclosing(self._connection.fetch_after(uid - 1, chunk=1)) as mails:
                found = await anext(mails, None)
            if found is not None and found.uid == uid:
                parsed = await asyncio.to_thread(parse, found.raw)
                return own_id(parsed.message_id) != message_id
        return False

    async def read(self, exists: int) -> int:
        """How many mails have come since the last time; all of them are indexed. ``exists`` is
        how many the folder held when it was opened."""
        self._progress = await self._term.index.read(
            lambda con: folders.progress(con, self._place.folder)
        )
        self._first_look = self._progress.last_uid == 0 and not self._progress.begun
        if self._first_look and self._place.way.shared:
            await self._term.write(lambda con: folders.forget_strays(con, self._place.folder))
        if self._first_look and (exists > SMALL_FOLDER or self._place.way.shared):
            await self._begin_at_the_top()
        if self._first_look and self._place.way.shared:
            # Nothing is there: what comes from now on is new, and read in its order.
            folder, none = self._place.folder, self._progress
            await self._term.write(lambda con: folders.keep_progress(con, folder, none))
            self._first_look = False
        taken = await self._new()
        while self._progress.down_to is not None:
            taken += await self._slice() + await self._new()
        return taken

    async def find_expunged(self, modseq: int | None) -> int:
        """Mark what has been taken from the folder since it was last compared; how many. The
        server's counter of changes ``modseq`` spares it the comparison where nothing changed."""
        folder = self._place.folder
        if await self._term.index.read(lambda con: folders.left_behind(con, folder)):
            await self._term.write(self._mark_left_behind)
        progress = await self._term.index.read(lambda con: folders.progress(con, folder))
        # Without QRESYNC a server need not count what it expunges (RFC 7162 §3.1.1).
        counts = "QRESYNC" in self._connection.capabilities
        if counts and modseq is not None and progress.modseq == modseq:
            return 0
        known = await self._term.index.read(lambda con: _known(con, folder, progress.last_uid))
        gone = await self._connection.expunged(known, progress.modseq) if known else UidSet()
        if gone or progress.modseq != modseq:
            await self._term.write(lambda con: self._mark(con, gone, modseq))
        return len(gone)

    def _mark(self, con: Connection, gone: UidSet, modseq: int | None) -> None:
        now = self._term.index.clock()
        for uid in gone:
            self._tell_gone(con, now, folders.mark_gone(con, self._place.folder, uid, now))
            if self._place.way.shared:
                folders.drop_stray(con, self._place.folder, uid)
        progress = folders.progress(con, self._place.folder)
        folders.keep_progress(con, self._place.folder, replace(progress, modseq=modseq))

    def _mark_left_behind(self, con: Connection) -> None:
        now = self._term.index.clock()
        self._tell_gone(con, now, folders.leave_behind(con, self._place.folder, now))

    @staticmethod
    def _tell_gone(con: Connection, now: float, rows: list[Row]) -> None:
        for row in rows:
            journal.append(
                con,
                now,
                EventType.MESSAGE_EXPUNGED,
                "worker",
                mailbox_id=row["mailbox_id"],
                mail_id=row["mail_id"],
            )

    async def _begin_at_the_top(self) -> None:
        """A first look at a folder that holds much: from its newest mail down."""
        top = (await self._connection.uids()).highest
        if not top:
            return
        place = self._place

        def change(con: Connection) -> Progress:
            ids_from = mail.set_aside(con, top)
            begun = Progress(last_uid=top, down_to=top + 1, ids_from=ids_from)
            folders.keep_progress(con, place.folder, begun)
            return begun

        self._progress = await self._term.write(change)
        self._first_look = False  # what comes above has come since

    async def _new(self) -> int:
        """How many mails came since the last one that was read."""
        taken, through = 0, False
        await self._pass_by_what_blocks(down=False)
        while not through:
            asked_at = self._term.index.clock()
            mails = self._connection.fetch_after(self._progress.last_uid, chunk=self._tries.chunk)
            more, through = await self._take(mails, down=False)
            taken += more
        self._first_look = False
        self._place = replace(self._place, read_at=asked_at)
        return taken

    async def _slice(self) -> int:
        """Some of what was there before; at its end the look is over."""
        await self._pass_by_what_blocks(down=True)
        if self._floor is None:
            self._floor = await self._lowest_of_ours()
        mails = self._connection.fetch_before(
            self._progress.down_to, down_to=self._floor, most=SLICE, chunk=self._tries.chunk
        )
        taken, through = await self._take(mails, down=True)
        if through and taken < SLICE:
            await self._finish_looking_down()
        return taken

    async def _lowest_of_ours(self) -> int:
        """The UID below which all is from before our connection to a shared login. Not by looking
        down until something is as old: what is copied or moved keeps its date and lies on top."""
        if not self._place.way.shared:
            return 1
        day = datetime.fromtimestamp(max(self._place.since, 0.0), UTC).date() - CALENDARS
        with contextlib.suppress(Refused):
            return (await self._connection.uids_since(day)).lowest or MAX_UID
        return 1

    async def _finish_looking_down(self) -> None:
        self._progress = replace(self._progress, down_to=None, ids_from=None)
        done = self._progress
        await self._term.write(lambda con: folders.keep_progress(con, self._place.folder, done))

    async def _take(
        self, mails: AsyncGenerator[FetchedMail, None], *, down: bool
    ) -> tuple[int, bool]:
        """Index what comes, in batches: how many, and whether that was all."""
        taken = 0
        batch: list[FetchedMail] = []
        async with (
            aclosing(mails),
            Conveyor[list[FetchedMail]](lambda full: self._index(full, down=down)) as conveyor,
        ):
            try:
                async for one in mails:
                    batch.append(one)
                    taken += 1
                    if _is_full(batch):
                        full, batch = batch, []
                        await conveyor.put(full)
            except UnreadableMail as unreadable:
                await conveyor.put(batch)
                await conveyor.empty()
                await self._pass_by(unreadable.uid, down=down)
                return taken, False
            except PostroomError:
                await conveyor.put(batch)  # what was fetched is not fetched again
                await conveyor.empty()
                if not taken:
                    self._tries.stumbled()
                raise
            await conveyor.put(batch)
        return taken, True

    async def _index(self, batch: list[FetchedMail], *, down: bool) -> None:
        if not batch:
            return
        self._progress = self._at(batch[-1].uid, down=down)
        first_look = down or self._first_look
        in_order = batch[::-1] if down else batch  # who waits is told what came first, first
        await self._intake.take(self._place, in_order, self._progress, first_look=first_look)
        self._tries.progressed()

    async def _pass_by_what_blocks(self, *, down: bool) -> None:
        """Pass the next mail by where fetching it failed again and again (some servers fall over a
        mail, and end the connection), and another one can be had: then it is not the server that
        is in trouble."""
        if not self._tries.is_stuck:
            return
        lowest = self._progress.down_to or 1
        there = await self._connection.uids()
        below = there & UidSet.between(1, lowest - 1)
        above = there & UidSet.between(self._progress.last_uid + 1, MAX_UID)
        uid = below.highest if down else above.lowest
        others = there - UidSet.of([uid])
        if not uid or not others:
            return
        with contextlib.suppress(UnreadableMail):
            async with aclosing(self._connection.fetch_after(others.lowest - 1, chunk=1)) as mails:
                await anext(mails, None)
        await self._pass_by(uid, down=down)
        self._tries.progressed()

    async def _pass_by(self, uid: int, *, down: bool) -> None:
        log.warning("The server lists a message (UID %s) and does not hand it out.", uid)
        self._progress = self._at(uid, down=down)
        await self._intake.leave(self._place, uid, UNREADABLE, self._progress)

    def _at(self, uid: int, *, down: bool) -> Progress:
        if down:
            return replace(self._progress, down_to=uid)
        return replace(self._progress, last_uid=uid)


def _known(con: Connection, folder: Folder, upto: int) -> UidSet:
    """What lies in a folder as far as we know: taken, or left there."""
    taken = folders.known_uids(con, folder, 1, upto)
    return UidSet.of(taken if folder.mailbox_id else [*taken, *folders.stray_uids(con, folder)])


def _is_full(batch: list[FetchedMail]) -> bool:
    return len(batch) >= BATCH_MESSAGES or sum(len(mail.raw) for mail in batch) >= BATCH_BYTES
