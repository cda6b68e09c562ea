"""The stored mail of every mailbox, in one SQLite file; each call is awaited."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from postroom.clock import Clock
from postroom.embedded import accepted, filing
from postroom.embedded.database import Readers, Writer, connect
from postroom.embedded.filing import Filed, FolderRow, MessageRow, NewMessage
from postroom.embedded.trace_fields import message_id_of
from postroom.model.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted mail, before it is stored."""

    sender: str
    """The mailbox that submitted it: its Sent folder gets ``sent``."""
    sent: bytes
    """As it was submitted."""
    delivered: bytes
    """The same without claims that only we may make; mostly the very same bytes."""
    copies: Sequence[tuple[str, bytes]]
    """Each receiving mailbox with the trace fields on top of its copy."""
    message_id: str = ""
    """Without brackets: under which it is remembered that the mail was accepted."""


class MailStore:
    """Where mail is stored and read. ``on_filed`` hears of each delivery in commit order."""

    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self.clock = clock
        self.on_filed: Callable[[Filed], None] = lambda filed: None
        self.deletions = 0
        """How many mailboxes have been forgotten: who looked one up before looks again."""

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> "MailStore":
        """The store in ``path``, made where there is none; what a crash left is rolled back."""
        writing = await asyncio.to_thread(_prepare, path)
        return cls(Writer(writing), Readers(path), clock)

    async def close(self) -> None:
        """Finishes what is being written and closes the file."""
        await self._readers.close()
        await self._writer.close()

    async def flush(self) -> None:
        """Waits for everything that was submitted so far."""
        await self.write(lambda db: None)

    def write(
        self,
        run: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
    ) -> "asyncio.Future[T]":
        """`database.Writer.submit`."""
        return self._writer.submit(run, committed)

    async def read(self, run: Callable[[sqlite3.Connection], T]) -> T:
        return await self._readers.run(run)

    def submit(self, submission: Submission) -> "asyncio.Future[list[Filed]]":
        """Every recipient's copy and the Sent copy, in one transaction.

        Enqueued when this returns, not when it is awaited: what is submitted before a mailbox is
        deleted is deleted with it.
        """
        now = self.clock()
        return self.write(lambda db: _file_submission(db, submission, now), self._tell)

    def forget(self, address: str) -> "asyncio.Future[None]":
        self.deletions += 1
        return self.write(lambda db: filing.delete_address(db, address))

    async def folders(self, address: str) -> list[FolderRow]:
        """The folders of a mailbox; a new one has the standard folders."""
        rows = await self.read(lambda db: filing.folders_of(db, address))
        if rows:
            return rows
        now = self.clock()
        return await self.write(lambda db: _first_folders(db, address, now))

    async def messages(self, folder: int) -> list[MessageRow]:
        return await self.read(lambda db: filing.messages_of(db, folder))

    async def body(self, folder: int, uid: int) -> bytes | None:
        return await self.read(lambda db: filing.body_of(db, folder, uid))

    def _tell(self, filed: Sequence[Filed]) -> None:
        for one in filed:
            self.on_filed(one)


def _prepare(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    db = connect(path)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > filing.SCHEMA_VERSION:
        db.close()
        raise Unavailable(
            "newer_mail_store",
            "The built-in server's mail was stored by a newer version of Postroom.",
            "Install that version, or a later one.",
        )
    if version == 0:
        db.executescript(f"BEGIN; {filing.SCHEMA} PRAGMA user_version=1; COMMIT;")
        version = 1
    for number in range(version + 1, filing.SCHEMA_VERSION + 1):
        _migrate(db, number)
    return db


def _migrate(db: sqlite3.Connection, number: int) -> None:
    """One version further, or not at all."""
    try:
        db.executescript(f"BEGIN IMMEDIATE; {filing.ADDED[number]}")
        if number == 2:
            accepted.note_earlier(db, message_id_of)
        db.execute(f"PRAGMA user_version={number}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _first_folders(db: sqlite3.Connection, address: str, now: float) -> list[FolderRow]:
    filing.open_folder(db, address, filing.INBOX, now)
    return filing.folders_of(db, address)


def _file_submission(db: sqlite3.Connection, mail: Submission, now: float) -> list[Filed]:
    sent = filing.store_content(db, mail.sent)
    same = mail.delivered is mail.sent
    delivered = sent if same else filing.store_content(db, mail.delivered)
    copy = _file(db, mail.sender, filing.SENT, sent, NewMessage(mail.sent, now, r"\Seen"))
    filed = [replace(copy, message_id=mail.message_id)]
    if mail.message_id:
        accepted.note(db, mail.sender, mail.message_id, now)
    for address, trace in mail.copies:
        new = NewMessage(mail.delivered, now, trace=trace)
        filed.append(_file(db, address, filing.INBOX, delivered, new))
    return filed


def _file(db: sqlite3.Connection, address: str, name: str, content: int, new: NewMessage) -> Filed:
    folder = filing.open_folder(db, address, name, new.arrived)
    return Filed(folder, filing.file_message(db, folder.id, content, new))
