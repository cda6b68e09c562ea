"""A folder as listed, and a folder as opened."""

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
    def bare(self) -> str:
        """The name without INBOX above it, case folded: as an address's detail is compared with."""
        name = self.name.casefold()
        return name.removeprefix(f"inbox{self.delimiter}") if self.delimiter else name

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
    """How many messages it holds."""
    highestmodseq: int | None = None
    """Rises with every change (RFC 7162 §3.1.2.1); None where the server does not count them."""


@dataclass(frozen=True)
class FolderStatus:
    """What changes in a folder that is not open when mail comes there."""

    uidvalidity: int
    uidnext: int
