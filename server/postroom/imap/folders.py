"""A folder as listed, a folder as opened, and what is new in it."""

import asyncio
from dataclasses import dataclass

from postroom.imap.grammar import values_of
from postroom.imap.responses import Untagged
from postroom.imap.utf7 import decode_name

SPECIAL_USES = frozenset(
    {"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"}
)
"""RFC 6154 §2."""


@dataclass(frozen=True)
class FolderName:
    """A folder as LIST tells of it."""

    name: str
    """Decoded; the delimiter stands between its levels."""
    delimiter: str
    """Empty where the names are flat."""
    attributes: frozenset[str]
    """``\\Noselect``, ``\\HasChildren``, ``\\Sent`` … in the server's spelling."""
    wire: bytes
    """The name as the server wrote it."""

    @property
    def special_use(self) -> str | None:
        """``\\Sent``, ``\\Junk`` … where the server says so (RFC 6154)."""
        known = {use.lower(): use for use in SPECIAL_USES}
        return next((known[a.lower()] for a in self.attributes if a.lower() in known), None)

    @property
    def selectable(self) -> bool:
        return not {"\\noselect", "\\nonexistent"} & {a.lower() for a in self.attributes}


def folder_of(listed: Untagged) -> FolderName | None:
    """The folder of a LIST response; None for one that does not make sense."""
    match values_of(listed.parts):
        case [list() as attributes, (bytes() | None) as delimiter, bytes() as wire, *_]:
            return FolderName(
                name=decode_name(wire),
                delimiter=(delimiter or b"").decode("ascii", "replace"),
                attributes=frozenset(
                    a.decode("ascii", "replace") for a in attributes if isinstance(a, bytes)
                ),
                wire=wire,
            )
    return None


@dataclass(frozen=True)
class SelectedFolder:
    """A folder as it was when it was opened."""

    name: str
    uidvalidity: int
    """While it is the same, a UID means the same message (RFC 3501 §2.3.1.1)."""
    uidnext: int | None
    """At least the UID of the next message; None where the server does not tell."""
    exists: int


class FolderNews:
    """What the server told of the open folder without being asked.

    It may tell at any time, and tells once: an EXISTS that comes between two commands, or in the
    midst of a FETCH, is kept here until somebody takes it.
    """

    def __init__(self) -> None:
        self._exists = 0
        self._stirred = False
        self._waiter: asyncio.Future[None] | None = None

    def opened(self, exists: int) -> None:
        """Begin anew with a folder that holds so many messages."""
        self._exists = exists
        self._stirred = False

    def hear(self, told: Untagged) -> None:
        """Note a response that nobody asked for."""
        if told.name == "EXISTS":
            if told.number == self._exists:  # repeated with each NOOP by some servers
                return
            self._exists = told.number
        elif told.name == "EXPUNGE":
            self._exists -= 1
        elif told.name not in ("FETCH", "VANISHED"):
            return
        self._stirred = True
        self.wake()

    def take(self) -> bool:
        """Whether there was news since it was last taken."""
        stirred, self._stirred = self._stirred, False
        return stirred

    def wake(self) -> None:
        """End the waiting: there is news, or there will be none any more."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def coming(self) -> "asyncio.Future[None]":
        """Done when there is news, at once where there is some."""
        self._waiter = asyncio.get_running_loop().create_future()
        if self._stirred:
            self.wake()
        return self._waiter
