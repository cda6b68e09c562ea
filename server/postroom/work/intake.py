"""A mail's way into the index: bytes, fields, verdict, thread, event, in one transaction."""

import asyncio
from dataclasses import dataclass

from postroom.imap.mail import FetchedMail
from postroom.index import folders, journal, mail, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder
from postroom.index.mail import NewMail
from postroom.mime.parse import parse
from postroom.mime.sender import sender_verdict
from postroom.model.events import EventType
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict
from postroom.work.term import Term


@dataclass(frozen=True)
class _Read:
    fetched: FetchedMail
    parsed: ParsedMessage
    verdict: SenderVerdict


class Intake:
    """Takes mail in, each message once."""

    def __init__(self, term: Term, trusted: frozenset[str]) -> None:
        """``trusted``: the authserv-ids whose Authentication-Results are believed."""
        self._term = term
        self._trusted = trusted

    async def take(self, folder: Folder, batch: list[FetchedMail]) -> None:
        """Index a batch of a folder's mail, in the order of its UIDs. On disk when it returns.

        Mail of a mailbox that has been deleted or purged meanwhile is not taken."""
        read = await asyncio.to_thread(self._read, batch)
        now = self._term.index.clock()

        def change(con: Connection) -> None:
            if not mailboxes.keeps_mail(con, folder.mailbox_id):
                return
            before = folders.newest_mail(con)
            for one in read:
                _take_one(con, now, folder, one, before)
            folders.keep_last_uid(con, folder, batch[-1].uid)

        await self._term.write(change)

    def _read(self, batch: list[FetchedMail]) -> list[_Read]:
        found = []
        for fetched in batch:
            parsed = parse(fetched.raw)
            found.append(_Read(fetched, parsed, sender_verdict(parsed, self._trusted)))
        return found


def _take_one(con: Connection, now: float, folder: Folder, one: _Read, before: int) -> None:
    """Index one mail; ``before`` is the newest mail that was there before this look."""
    uid, raw = one.fetched.uid, one.fetched.raw
    if folders.is_known(con, folder, uid):
        return
    same = folders.known_by_content(con, folder, mail.fingerprint(raw), before)
    if same is not None:
        folders.add_copy(con, folder, uid, same)
        return
    new = NewMail(
        mailbox_id=folder.mailbox_id,
        direction=Direction.RECEIVED,
        raw=raw,
        parsed=one.parsed,
        verdict=one.verdict,
        at=now,
    )
    kept = mail.keep(con, now, new)
    folders.add_copy(con, folder, uid, kept.mail_id)
    position = journal.append(
        con,
        now,
        EventType.MESSAGE_RECEIVED,
        "worker",
        mailbox_id=folder.mailbox_id,
        thread_id=kept.thread_id,
        mail_id=kept.mail_id,
        digest=journal.digest(con, raw),
    )
    mail.describe(con, kept, new, position)
