"""What the server tells of the open folder without being asked."""

import asyncio
import re

from postroom.imap.grammar import values_of
from postroom.imap.responses import Untagged
from postroom.imap.uids import UidSet
from postroom.model.errors import PeerError

_UIDVALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)


class FolderNews:
    """What the server told of the open folder without being asked.

    It may tell at any time, and tells once: an EXISTS that comes between two commands, or in the
    midst of a FETCH, is kept here until somebody takes it.
    """

    def __init__(self) -> None:
        self._exists = 0
        self._uidvalidity = 0
        self._stirred = False
        self._waiter: asyncio.Future[None] | None = None

    def opened(self, exists: int, uidvalidity: int) -> None:
        """Begin anew with a folder that holds so many messages."""
        self._exists = exists
        self._uidvalidity = uidvalidity
        self._stirred = False

    def closed(self) -> None:
        """No folder is open, until another one is."""
        self.opened(0, 0)

    def hear(self, told: Untagged) -> None:
        """Note a response that nobody asked for. PeerError where UIDs do not mean any more what
        they meant."""
        if told.name == "EXISTS":
            if told.number == self._exists:  # repeated with each NOOP by some servers
                return
            self._exists = told.number
        elif told.name == "EXPUNGE":
            self._exists -= 1
        elif vanished_now(told):
            self._exists -= len(vanished_uids(told))
        elif told.name != "FETCH":
            self._check_uidvalidity(told)
            return
        self._stirred = True
        self.wake()

    def _check_uidvalidity(self, told: Untagged) -> None:
        match = _UIDVALIDITY.match(told.parts[0]) if told.name == "OK" else None
        if match is not None and self._uidvalidity and int(match[1]) != self._uidvalidity:
            raise PeerError(
                "imap_uidvalidity_changed",
                "The open folder was made anew on the IMAP server.",
                "Connect again and open it.",
            )

    @property
    def pending(self) -> bool:
        """Whether there is news that nobody has taken."""
        return self._stirred

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


def vanished_uids(*told: Untagged) -> UidSet:
    """The UIDs of VANISHED responses (RFC 7162 §3.2.10)."""
    return UidSet.parsed(b",".join(filter(None, map(_told_set, told))))


def _told_set(told: Untagged) -> bytes:
    """The set of UIDs in a VANISHED response, as the server wrote it."""
    match values_of(told.parts):
        case [bytes() as uids] | [list(), bytes() as uids]:
            return uids
    return b""


def vanished_now(told: Untagged) -> bool:
    """Whether it tells of messages that were counted as there until now, not of earlier ones."""
    return told.name == "VANISHED" and not told.parts[0].startswith(b"(")
