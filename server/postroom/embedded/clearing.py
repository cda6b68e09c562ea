"""Takes mail out of the store that has to leave it: wherever a mail program has moved it to.

Sessions that have its folder open are told, as of any other mail that is taken away.
"""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from postroom.embedded.directory import ReadingAlong
from postroom.embedded.filing import INBOX
from postroom.embedded.imap_folders import OpenFolders
from postroom.embedded.mailstore import MailStore

STEP = 50
"""Mails that are looked into at once."""

STEP_BYTES = 8_000_000


@dataclass(frozen=True)
class Wanted:
    """Mail of one mailbox: by the SHA-256 of its bytes, with their size; and by where it lies."""

    contents: Mapping[bytes, int | None]
    """None where the size is not known: then all of the mailbox is looked into."""
    places: Collection[tuple[str, int, int]]
    """Folder, UIDVALIDITY, UID."""


class Clearing:
    """Takes mail out of the store of a running server."""

    def __init__(
        self, store: MailStore, open_folders: OpenFolders, along: ReadingAlong | None
    ) -> None:
        self._store = store
        self._open_folders = open_folders
        self._along = along

    async def clear(self, address: str, wanted: Wanted) -> int:
        """How many messages of a mailbox were taken out."""
        found = await self._store.read(partial(_of_mailbox, address=address, wanted=wanted))
        return await self._expunge(address, found)

    async def erase(self, is_theirs: Callable[[bytes], bool]) -> int:
        """How many messages were taken out, of all mailboxes, whose bytes below the trace fields
        are what ``is_theirs`` looks for. What has just come to an INBOX stays until it is read."""
        count, after = 0, 0
        while some := await self._store.read(partial(_theirs, after=after, is_theirs=is_theirs)):
            after, found = some
            for address, places in found.items():
                count += await self._expunge(address, await self._read_already(address, places))
        return count

    async def _expunge(self, address: str, found: Collection["_Place"]) -> int:
        uids: dict[int, list[int]] = defaultdict(list)
        for place in found:
            uids[place.folder].append(place.uid)
        if not uids:
            return 0
        folders = await self._open_folders.of(address)
        for folder in list(folders.by_name.values()):
            await folder.expunge(uids.pop(folder.id, []))
        return len(found)

    async def _read_already(self, address: str, places: "list[_Place]") -> "list[_Place]":
        inbox = [place for place in places if place.name == INBOX]
        others = [place for place in places if place.name != INBOX]
        if self._along is None or not inbox:
            return places
        read = await self._along.has_read(
            address, inbox[0].uid_validity, [place.uid for place in inbox]
        )
        return [*others, *(place for place in inbox if place.uid in set(read))]


@dataclass(frozen=True)
class _Place:
    folder: int
    name: str
    uid_validity: int
    uid: int


_PLACE = "folder.id, folder.name, folder.uid_validity, message.uid"


def _of_mailbox(db: sqlite3.Connection, address: str, wanted: Wanted) -> list[_Place]:
    rows = db.execute(
        f"SELECT {_PLACE}, size, trace, content FROM folder"
        " JOIN message ON message.folder = folder.id WHERE folder.address = ?",
        (address,),
    )
    sizes, found = set(wanted.contents.values()), []
    for *fields, size, trace, content in rows:
        place = _Place(*fields)
        if (place.name, place.uid_validity, place.uid) in wanted.places or (
            (size in sizes or None in sizes) and _fingerprint(db, trace, content) in wanted.contents
        ):
            found.append(place)
    return found


def _fingerprint(db: sqlite3.Connection, trace: bytes, content: int) -> bytes:
    (data,) = db.execute("SELECT data FROM content WHERE id = ?", (content,)).fetchone()
    return hashlib.sha256(trace + data).digest()


def _theirs(
    db: sqlite3.Connection, after: int, is_theirs: Callable[[bytes], bool]
) -> tuple[int, dict[str, list[_Place]]] | None:
    """The last of the next contents, and where those lie that are theirs; None for no more."""
    last, left = 0, STEP_BYTES
    found: dict[str, list[_Place]] = defaultdict(list)
    rows = db.execute(
        "SELECT id, data FROM content WHERE id > ? ORDER BY id LIMIT ?", (after, STEP)
    )
    for last, data in rows:
        if is_theirs(data):
            for address, place in _places_of(db, last):
                found[address].append(place)
        left -= len(data)
        if left <= 0:
            break
    return (last, found) if last else None


def _places_of(db: sqlite3.Connection, content: int) -> list[tuple[str, _Place]]:
    rows = db.execute(
        f"SELECT folder.address, {_PLACE} FROM message"
        " JOIN folder ON folder.id = message.folder WHERE message.content = ?",
        (content,),
    )
    return [(address, _Place(*fields)) for address, *fields in rows]
