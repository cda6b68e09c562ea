"""An account sends itself a mail: submitted, waited for, and compared with how it left."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderName
from postroom.imap.mail import UnreadableMail
from postroom.imap.special import special_folder
from postroom.imap.uids import UidSet
from postroom.mime.parse import parse
from postroom.model.errors import NotFound, PostroomError
from postroom.model.messages import MessageKind, ParsedMessage
from postroom.model.sends import RecipientOutcome, Submission
from postroom.probe.findings import Failure, RoundTrip
from postroom.probe.letter import Letter
from postroom.probe.reading import STEP_SECONDS, failure_of, too_slow
from postroom.probe.rewriting import compared
from postroom.smtp.account import SmtpLogin
from postroom.smtp.rewritten_ids import told_message_id
from postroom.smtp.submit import SubmissionPool

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two looks, growing: the first mails come at once, others take a minute."""

SENT_SECONDS = 10.0
"""How long to wait for a copy in Sent once the mail has arrived: servers file it a little later."""

SUBMIT_SECONDS = 60.0
"""For the answer to a small mail; some servers examine it first."""

Found = Literal["inbox", "junk", "folder", "sent"]


@dataclass
class _Folder:
    """A folder, and how far it has been looked through."""

    where: Found
    name: str
    seen: int = 0
    ours: list[int] = field(default_factory=list)
    """UIDs of what came of the letter."""
    is_new: bool = False
    """The server made it for the letter."""


@dataclass
class _Search:
    """What has been found of a letter so far."""

    connection: ImapConnection
    letter: Letter
    folders: list[_Folder] = field(default_factory=list)
    arrived: tuple[_Folder, ParsedMessage] | None = None
    copy: ParsedMessage | None = None
    came_back: bool = False

    async def begin(self) -> None:
        """Remember what lies there already."""
        listed = await self.connection.folders()
        junk, sent = special_folder(listed, "\\Junk"), special_folder(listed, "\\Sent")
        self.folders = [_Folder("inbox", "INBOX")]
        self.folders += [_Folder("junk", junk.name)] if junk else []
        self.folders += [_Folder("sent", sent.name)] if sent else []
        self.folders += self._of_address(listed)
        for folder in self.folders:
            opened = await self.connection.select(folder.name)
            if opened.uidnext is not None:
                folder.seen = opened.uidnext - 1
            else:
                folder.seen = (await self.connection.uids()).highest

    def _of_address(self, listed: Sequence[FolderName]) -> list[_Folder]:
        """Folders that are not known yet and bear the detail of the letter's address."""
        known = {folder.name for folder in self.folders}
        return [
            _Folder("folder", each.name)
            for each in listed
            if each.selectable and each.name not in known and self.letter.has_detail(each.bare)
        ]

    async def look(self) -> None:
        """Read what has come since the last look."""
        if self.arrived is None:
            for folder in self._of_address(await self.connection.folders()):
                self.folders.append(replace(folder, is_new=True))
        for folder in self.folders:
            async for uid, mail in self._new(folder):
                folder.ours.append(uid)
                self._take(folder, mail)

    async def take_away(self) -> bool | None:
        """Remove what came of the letter, for nobody wants to find it, and the folder that was made
        for it. Whether nothing is left of it; None where there was nothing."""
        left = [folder for folder in self.folders if folder.ours]
        if left and "UIDPLUS" not in self.connection.capabilities:
            return False
        try:
            for folder in left:
                await self.connection.remove(folder.name, UidSet.of(folder.ours))
                if folder.is_new and not await self.connection.uids():
                    await self.connection.select("INBOX")  # what is open is not deleted everywhere
                    await self.connection.remove_folder(folder.name)
        except PostroomError:
            return False
        return True if left else None

    async def _new(self, folder: _Folder) -> AsyncIterator[tuple[int, ParsedMessage]]:
        try:
            await self.connection.select(folder.name)
        except NotFound:
            return
        try:
            async for mail in self.connection.fetch_after(folder.seen, chunk=10):
                folder.seen = mail.uid
                if self.letter.token.encode() in mail.raw:
                    yield mail.uid, parse(mail.raw)
        except UnreadableMail as unreadable:
            folder.seen = unreadable.uid  # the next look goes on behind it

    def _take(self, folder: _Folder, mail: ParsedMessage) -> None:
        if folder.where == "sent":
            self.copy = mail
        elif mail.kind is MessageKind.BOUNCE:
            self.came_back = True
        elif mail.kind is MessageKind.MESSAGE:
            self.arrived = self.arrived or (folder, mail)

    @property
    def has_sent(self) -> bool:
        return any(folder.where == "sent" for folder in self.folders)


async def round_trip(
    imap: ImapLogin,
    smtp: SmtpLogin,
    letter: Letter,
    patience: float,
    *,
    step: float = STEP_SECONDS,
) -> RoundTrip | Failure:
    """What became of ``letter`` within ``patience`` seconds. A Failure where the account cannot be
    looked into; never raises for what a server or a network does."""
    try:
        connection = await ImapConnection.open(imap, timeout=step)
    except PostroomError as error:
        return failure_of(error)
    try:
        async with asyncio.timeout(patience + SENT_SECONDS + SUBMIT_SECONDS + 60):
            return await _there_and_back(connection, smtp, letter, patience, step)
    except PostroomError as error:
        return failure_of(error)
    except TimeoutError:
        return too_slow("IMAP")
    finally:
        await connection.close()


async def _there_and_back(
    connection: ImapConnection, smtp: SmtpLogin, letter: Letter, patience: float, step: float
) -> RoundTrip:
    search = _Search(connection, letter)
    await search.begin()
    submission = await _submitted(smtp, letter, step)
    (reply,) = submission.replies
    if reply.outcome is not RecipientOutcome.ACCEPTED:
        return RoundTrip(address=letter.address, accepted=False, detail=reply.text or None)
    began = time.monotonic()
    await _until(search, patience, lambda: search.arrived is not None or search.came_back)
    took = time.monotonic() - began
    if search.has_sent and search.copy is None and search.arrived:
        await _until(search, SENT_SECONDS, lambda: search.copy is not None)
    found = _told(search, submission, smtp.host, took)
    return found.model_copy(update={"removed": await search.take_away()})


async def _submitted(smtp: SmtpLogin, letter: Letter, step: float) -> Submission:
    pool = SubmissionPool(timeout=step, final_timeout=SUBMIT_SECONDS, idle_seconds=0)
    try:
        return await pool.submit(smtp, letter.envelope, letter.raw)
    finally:
        await pool.close()


async def _until(search: _Search, seconds: float, done: Callable[[], bool]) -> None:
    end, pause = time.monotonic() + seconds, FIRST_PAUSE
    await search.look()
    while not done() and time.monotonic() < end:
        await asyncio.sleep(min(pause, max(end - time.monotonic(), 0)))
        pause = min(pause * 2, LONGEST_PAUSE)
        await search.look()


def _told(search: _Search, submission: Submission, host: str, took: float) -> RoundTrip:
    filed = search.copy is not None if search.has_sent else None
    if search.arrived is None:
        return RoundTrip(
            address=search.letter.address,
            accepted=True,
            came_back=search.came_back,
            files_sent=filed,
        )
    folder, mail = search.arrived
    told = told_message_id(submission.final_reply, host)
    found = compared(search.letter, mail, search.copy, told)
    return found.model_copy(
        update={
            "arrived": folder.where,
            "filed_in": folder.name if folder.where == "folder" else None,
            "seconds": round(took, 1),
            "files_sent": filed,
        }
    )
