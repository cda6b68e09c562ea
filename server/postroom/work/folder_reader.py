"""Reads one open folder into the index: what is new, and what was there before our first look.

    last_uid ──► new mail, ascending, in the order in which it came
    down_to  ◄── mail from before our first look at a large folder: newest first, in slices, so that
                 the newest conversations can be read within seconds

Each batch is one transaction with how far the folder is read, so that a connection that breaks
anywhere loses and doubles nothing. While one is being indexed the next one is fetched.

In a shared login a mailbox may be made while mail is on this way. So the newest mailbox is noted
once mail is known to lie there, and it is for no later one.
"""

import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postroom.imap.connection import ImapConnection
from postroom.imap.mail import FetchedMail, UnreadableMail
from postroom.imap.uids import MAX_UID, UidSet
from postroom.index import folders, mail, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Progress
from postroom.model.errors import PostroomError, Refused
from postroom.work.conveyor import Conveyor
from postroom.work.intake import Intake
from postroom.work.places import Place
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
        self._newest_box: int | None = None
        """The newest mailbox when what is just fetched lay there …"""
        self._newest_box_below: int | None = None
        """… and when what a first look comes down to did."""

    @property
    def read_at(self) -> float:
        """When all that lay there had been read, seconds since 1970; 0 before."""
        return self._place.read_at

    async def read(self, exists: int) -> int:
        """How many mails have come since the last time; all of them are indexed. ``exists`` is
        how many the folder held when it was opened."""
        self._progress = await self._term.index.read(
            lambda con: folders.progress(con, self._place.folder)
        )
        if self._progress.last_uid == 0 and not self._progress.begun:
            await self._begin(exists)
        self._first_look = self._progress.looks_up
        if self._progress.down_to is not None:
            self._newest_box_below = await self._newest()
        taken = await self._new()
        while self._progress.down_to is not None:
            taken += await self._slice() + await self._new()
        return taken

    async def _begin(self, exists: int) -> None:
        """Choose how to look at a folder for the first time: upwards where it holds little and all
        of it is one mailbox's, else from the top down. Of a shared login most is from before our
        time, and is not even fetched."""
        folder, shared = self._place.folder, self._place.way.shared
        if exists <= SMALL_FOLDER and not shared:
            self._progress = Progress.upwards()
            return
        top = (await self._connection.uids()).highest

        def change(con: Connection) -> Progress:
            if shared:
                folders.forget_strays(con, folder)
            begun = Progress(begun=True)  # nothing is there: all that comes is new
            if top:
                ids_from = mail.set_aside(con, top)
                begun = replace(begun, last_uid=top, down_to=top + 1, ids_from=ids_from)
            folders.keep_progress(con, folder, begun)
            return begun

        self._progress = await self._term.write(change)

    async def _newest(self) -> int | None:
        """The newest mailbox there is now, for what is known to lie here; None where all of that is
        one mailbox's."""
        shared = self._place.way.shared
        return await self._term.index.read(mailboxes.newest) if shared else None

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
                    if not taken:  # all of them were found there before the first one came
                        self._newest_box = self._newest_box_below if down else await self._newest()
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
        place = replace(self._place, newest_box=self._newest_box)
        await self._intake.take(place, in_order, self._progress, first_look=first_look)
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


def _is_full(batch: list[FetchedMail]) -> bool:
    return len(batch) >= BATCH_MESSAGES or sum(len(mail.raw) for mail in batch) >= BATCH_BYTES
