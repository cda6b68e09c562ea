"""The transactions on stored mail: plain functions over a connection, run by the writer thread.

folder   one row a folder: UIDVALIDITY and the highest UID ever used live here, so that no
         UID comes back after its message has gone (RFC 3501 §2.3.1.1)
message  one row a message in a folder: flags, dates, and ``trace``, the fields on top of it
content  the bytes below the trace, once for all copies: a mail to 100 local mailboxes,
         or one that is copied to another folder, is stored once
counter  UIDVALIDITY only ever grows, whatever the clock does and whatever was deleted
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 2

SCHEMA = """
CREATE TABLE folder(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  max_uid INTEGER NOT NULL DEFAULT 0,
  recent_from INTEGER NOT NULL DEFAULT 1,
  subscribed INTEGER NOT NULL DEFAULT 1,
  UNIQUE(address, name));
CREATE TABLE content(id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
CREATE TABLE message(
  folder INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  arrived REAL NOT NULL,
  flags TEXT NOT NULL,
  size INTEGER NOT NULL,
  email INTEGER NOT NULL,
  content INTEGER NOT NULL,
  trace BLOB NOT NULL,
  PRIMARY KEY(folder, uid)) WITHOUT ROWID;
CREATE INDEX message_content ON message(content);
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""

ADDED = {
    2: """
CREATE TABLE accepted(
  address TEXT NOT NULL,
  message_id TEXT NOT NULL,
  at REAL NOT NULL,
  PRIMARY KEY(address, message_id)) WITHOUT ROWID;
CREATE INDEX accepted_at ON accepted(at);
""",
}
"""What each version added to the schema of version 1."""

INBOX = "INBOX"
SENT = "Sent"
STANDARD_FOLDERS = (INBOX, SENT, "Drafts", "Trash", "Junk")
"""What a mail program expects to find. Made with a mailbox's first folder, and not again: who
deletes one has decided so (INBOX and Sent come back when a mail needs them)."""


@dataclass(frozen=True, slots=True)
class FolderRow:
    id: int
    address: str
    name: str
    uid_validity: int
    max_uid: int
    recent_from: int
    """The first UID that no client has been told of: it and all after it are \\Recent."""
    subscribed: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    uid: int
    arrived: float
    """INTERNALDATE, seconds since 1970."""
    flags: str
    """Space separated, sorted."""
    size: int
    email: int
    """The same for every copy of the same bytes (EMAILID, RFC 8474 §5.1)."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be filed: ``trace`` on top of ``data``."""

    data: bytes
    arrived: float
    flags: str = ""
    trace: bytes = b""


@dataclass(frozen=True, slots=True)
class Filed:
    folder: FolderRow
    message: MessageRow
    message_id: str = ""
    """Of a Sent copy, without brackets."""


@dataclass(frozen=True, slots=True)
class Top:
    """How far a folder goes."""

    address: str
    folder: str
    uid_validity: int
    max_uid: int
    """The highest UID ever used in it; 0 for none."""


_FOLDER = "SELECT id, address, name, uid_validity, max_uid, recent_from, subscribed FROM folder"
_MESSAGE = "SELECT uid, arrived, flags, size, email FROM message"


def _folder_row(row: Sequence[Any]) -> FolderRow:
    return FolderRow(*row)


def folders_of(db: sqlite3.Connection, address: str) -> list[FolderRow]:
    rows = db.execute(f"{_FOLDER} WHERE address = ? ORDER BY id", (address,))
    return [_folder_row(row) for row in rows]


def tops(db: sqlite3.Connection) -> list[Top]:
    """How far each folder of each mailbox goes."""
    return [
        Top(*row) for row in db.execute("SELECT address, name, uid_validity, max_uid FROM folder")
    ]


def messages_of(db: sqlite3.Connection, folder: int) -> list[MessageRow]:
    """Everything about a folder's messages but their bytes, by UID."""
    rows = db.execute(f"{_MESSAGE} WHERE folder = ? ORDER BY uid", (folder,))
    return [MessageRow(*row) for row in rows]


def body_of(db: sqlite3.Connection, folder: int, uid: int) -> bytes | None:
    """The bytes of a message; None where it has been expunged."""
    row = db.execute(
        "SELECT trace, data FROM message JOIN content ON content.id = message.content"
        " WHERE folder = ? AND uid = ?",
        (folder, uid),
    ).fetchone()
    return row[0] + row[1] if row else None


def open_folder(db: sqlite3.Connection, address: str, name: str, now: float) -> FolderRow:
    """The folder of that name, made where there is none; a new mailbox gets the standard ones."""
    found = db.execute(f"{_FOLDER} WHERE address = ? AND name = ?", (address, name)).fetchone()
    if found:
        return _folder_row(found)
    if not folders_of(db, address):
        for standard in STANDARD_FOLDERS:
            if standard != name:
                create_folder(db, address, standard, now)
    return create_folder(db, address, name, now)


def create_folder(db: sqlite3.Connection, address: str, name: str, now: float) -> FolderRow:
    """A new folder; raises sqlite3.IntegrityError where the name is taken."""
    (validity,) = db.execute(
        "INSERT INTO counter VALUES('uid_validity', :now) ON CONFLICT(name)"
        " DO UPDATE SET value = max(value + 1, :now) RETURNING value",
        {"now": int(now)},
    ).fetchone()
    (made,) = db.execute(
        "INSERT INTO folder(address, name, uid_validity) VALUES(?, ?, ?) RETURNING id",
        (address, name, validity),
    ).fetchone()
    return FolderRow(made, address, name, validity, 0, 1, 1)


def rename_folders(db: sqlite3.Connection, renames: Iterable[tuple[int, str]]) -> None:
    db.executemany(
        "UPDATE folder SET name = ? WHERE id = ?", [(to, folder) for folder, to in renames]
    )


def delete_folder(db: sqlite3.Connection, folder: int) -> None:
    content = [c for (c,) in db.execute("SELECT content FROM message WHERE folder = ?", (folder,))]
    db.execute("DELETE FROM message WHERE folder = ?", (folder,))
    db.execute("DELETE FROM folder WHERE id = ?", (folder,))
    _drop_content(db, content)


def delete_address(db: sqlite3.Connection, address: str) -> None:
    """A mailbox was deleted: its folders and its mail."""
    for folder in folders_of(db, address):
        delete_folder(db, folder.id)


def store_content(db: sqlite3.Connection, data: bytes) -> int:
    row = db.execute("INSERT INTO content(data) VALUES(?) RETURNING id", (data,)).fetchone()
    return int(row[0])


def file_message(
    db: sqlite3.Connection, folder: int, content: int, new: NewMessage, email: int | None = None
) -> MessageRow:
    """A message filed under the folder's next UID; its content is stored already."""
    row = MessageRow(
        uid=_next_uid(db, folder),
        arrived=new.arrived,
        flags=new.flags,
        size=len(new.trace) + len(new.data),
        email=secrets.randbits(62) if email is None else email,
    )
    _insert(db, folder, row, content, new.trace)
    return row


def append(db: sqlite3.Connection, folder: int, new: Iterable[NewMessage]) -> list[MessageRow]:
    """All of them or none (RFC 3502 §3)."""
    return [file_message(db, folder, store_content(db, one.data), one) for one in new]


def copy(
    db: sqlite3.Connection, source: int, uids: Iterable[int], target: int
) -> list[tuple[int, MessageRow]]:
    """The copies that were made, each with the UID that it had; what is gone is left out."""
    copies: list[tuple[int, MessageRow]] = []
    for uid in uids:
        found = db.execute(
            "SELECT arrived, flags, size, email, content, trace FROM message"
            " WHERE folder = ? AND uid = ?",
            (source, uid),
        ).fetchone()
        if found is None:
            continue
        *fields, content, trace = found
        row = MessageRow(_next_uid(db, target), *fields)
        _insert(db, target, row, content, trace)
        copies.append((uid, row))
    return copies


def move(
    db: sqlite3.Connection, source: int, uids: Iterable[int], target: int
) -> list[tuple[int, MessageRow]]:
    """As `copy`, and they are no longer where they were (RFC 6851)."""
    copies = copy(db, source, uids, target)
    db.executemany(
        "DELETE FROM message WHERE folder = ? AND uid = ?", [(source, uid) for uid, _ in copies]
    )
    return copies


def change_flags(
    db: sqlite3.Connection, folder: int, uids: Iterable[int], change: Callable[[str], str]
) -> list[tuple[int, str]]:
    """Each UID with its flags after ``change``, which is given those that it has.

    Read and written in one transaction: of two clients that add a flag each, none is lost.
    """
    changed: list[tuple[int, str]] = []
    for uid in uids:
        row = db.execute(
            "SELECT flags FROM message WHERE folder = ? AND uid = ?", (folder, uid)
        ).fetchone()
        if row is not None:
            changed.append((uid, change(row[0])))
    db.executemany(
        "UPDATE message SET flags = :flags WHERE folder = :folder AND uid = :uid"
        " AND flags <> :flags",
        [{"folder": folder, "uid": uid, "flags": flags} for uid, flags in changed],
    )
    return changed


def expunge(db: sqlite3.Connection, folder: int, uids: Iterable[int]) -> list[int]:
    """The UIDs that are gone now."""
    gone = list(uids)
    content: list[int] = []
    for uid in gone:
        content += [
            row[0]
            for row in db.execute(
                "DELETE FROM message WHERE folder = ? AND uid = ? RETURNING content", (folder, uid)
            )
        ]
    _drop_content(db, content)
    return gone


def _next_uid(db: sqlite3.Connection, folder: int) -> int:
    row = db.execute(
        "UPDATE folder SET max_uid = max_uid + 1 WHERE id = ? RETURNING max_uid", (folder,)
    ).fetchone()
    if row is None:
        raise LookupError("the folder has been deleted")
    return int(row[0])


def _insert(
    db: sqlite3.Connection, folder: int, row: MessageRow, content: int, trace: bytes
) -> None:
    db.execute(
        "INSERT INTO message(folder, uid, arrived, flags, size, email, content, trace)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        (folder, row.uid, row.arrived, row.flags, row.size, row.email, content, trace),
    )


def _drop_content(db: sqlite3.Connection, content: Iterable[int]) -> None:
    db.executemany(
        "DELETE FROM content WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM message WHERE message.content = content.id)",
        [(one,) for one in set(content)],
    )
