"""How the room stands at a moment: whether all is done that is due, and what is due next."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from postroom.embedded import filing
from postroom.embedded.filing import Top
from postroom.index import carrying, folders, handed_in, held, mailboxes, reputation
from postroom.index.database import Connection

INBOX = "INBOX"
"""The folder that has to be read before time goes on: what lies in Sent is known already, and is
looked at a second later by the machine's clock."""

MOST_HELD = 100


@dataclass(frozen=True)
class Standing:
    """What the index and the built-in server's store say together."""

    is_busy: bool
    """Whether workers have something to do at this moment."""
    next_due: float | None
    """When they have something to do next, seconds since 1970."""
    held: tuple[str, ...]
    """The sends that wait for a person."""
    tops: tuple[Top, ...]
    """How far the folders of the built-in server go."""


class Store:
    """The built-in server's file, looked into."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._con: sqlite3.Connection | None = None

    def tops(self) -> tuple[Top, ...]:
        """How far each folder goes. Asked by one thread at a time."""
        if self._con is None:
            name = f"{self._file.as_uri()}?mode=ro"
            self._con = sqlite3.connect(name, uri=True, check_same_thread=False)
        return tuple(filing.tops(self._con))

    def close(self) -> None:
        if self._con is not None:
            self._con.close()


def look(con: Connection, store: Store, now: float) -> Standing:
    """How it stands. Asked behind all writes that were under way: what they changed is in it."""
    tops = store.tops()
    return Standing(
        is_busy=_has_work(con, now) or _has_unread(con, tops),
        next_due=_next_due(con, now),
        held=tuple(row["public_id"] for row in held.waiting(con, 0, MOST_HELD)),
        tops=tops,
    )


def _has_work(con: Connection, now: float) -> bool:
    return bool(
        carrying.due(con, now, 1)
        or reputation.to_keep_back(con, now)
        or carrying.interrupted(con)
        or handed_in.first(con)
        or mailboxes.overdue(con, now)
        or held.overdue(con, now, 1)
    )


def _has_unread(con: Connection, tops: Iterable[Top]) -> bool:
    """Whether mail lies in a mailbox of the room that is not in the index yet."""
    known = folders.read_up_to(con, "builtin")
    for top in tops:
        if top.folder != INBOX or not top.max_uid:
            continue
        if known.get((top.address, top.folder)) == (top.uid_validity, top.max_uid):
            continue
        box = mailboxes.by_address(con, top.address)
        if box is not None and box.status != "deleted":
            return True
    return False


def _next_due(con: Connection, now: float) -> float | None:
    times = (carrying.next_due(con), mailboxes.next_expiry(con), held.next_end(con))
    return min((time for time in times if time is not None and time > now), default=None)
