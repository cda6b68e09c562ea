"""A folder that is read, and what is known of it before any mail is."""

from dataclasses import dataclass
from enum import StrEnum

from postroom.index.folders import Folder
from postroom.work.ways import Way


class Role(StrEnum):
    """What a folder is for."""

    INBOX = "inbox"
    """Mail comes in here; also a folder into which the server files one address's mail."""
    JUNK = "junk"
    """The server thinks it unwanted."""
    SENT = "sent"
    """Copies of what went out: ours, and what a person sent from the same account."""


@dataclass(frozen=True)
class Place:
    """A folder on its way's server."""

    folder: Folder
    role: Role
    way: Way
    since: float
    """When we began to read here, seconds since 1970: mail that was there before is old, and of a
    shared login nobody's."""
    read_at: float = 0.0
    """When all that lay here had been read, by our own clock: what comes after it came later. 0
    where that is not known."""
    newest_box: int | None = None
    """The newest mailbox there was when what is read lay here already: it came before any later one
    was made, whatever a clock says. None where that is not known."""
