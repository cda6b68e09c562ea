"""A mail as fetched."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from postroom.imap.grammar import Value, values_of
from postroom.imap.responses import Untagged
from postroom.model.errors import Refused

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_INTERNALDATE = re.compile(
    rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\s*"
)


@dataclass(frozen=True)
class FetchedMail:
    """A message of a folder, as the server keeps it."""

    uid: int
    raw: bytes
    internal_date: float | None
    """When it arrived, seconds since 1970; None where the server does not tell."""
    flags: tuple[str, ...]
    truncated: bool = False
    """Only its beginning is here: the whole is larger than we take."""


class UnreadableMail(Refused):
    """The server lists the message and does not hand it out. Whoever fetched goes on beyond
    ``uid``, once it has told of it."""

    def __init__(self, uid: int) -> None:
        super().__init__(
            "imap_message_unreadable",
            f"The IMAP server lists message UID {uid} and does not hand it out.",
            "Look at it with another mail program.",
        )
        self.uid = uid


def attributes_of(fetched: Untagged) -> dict[bytes, Value]:
    """The attributes of a FETCH response by upper-case name; PeerError where malformed."""
    match values_of(fetched.parts):
        case [list() as pairs, *_]:
            names = (name.upper() if isinstance(name, bytes) else b"" for name in pairs[::2])
            return dict(zip(names, pairs[1::2], strict=False))
    return {}


def uid_of(attributes: dict[bytes, Value]) -> int:
    """The UID; 0 where the response has none, as an unsolicited one may."""
    return number(attributes.get(b"UID"))


def number(value: Value) -> int:
    """A non-negative 64-bit number; 0 for anything else."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) < 20 else 0


def mail_of(attributes: dict[bytes, Value]) -> FetchedMail | None:
    """The mail; None for a response that brings none (changed flags, an expunged message)."""
    truncated = b"BODY[]<0>" in attributes
    raw = attributes.get(b"BODY[]<0>" if truncated else b"BODY[]")
    uid = uid_of(attributes)
    if not uid or not isinstance(raw, bytes):
        return None
    flags = attributes.get(b"FLAGS")
    return FetchedMail(
        uid=uid,
        raw=raw,
        internal_date=_seconds(attributes.get(b"INTERNALDATE")),
        flags=tuple(
            flag.decode("ascii", "replace")
            for flag in (flags if isinstance(flags, list) else [])
            if isinstance(flag, bytes)
        ),
        truncated=truncated,
    )


def _seconds(date: Value) -> float | None:
    """INTERNALDATE as seconds since 1970 (RFC 3501 §9, date-time)."""
    match = _INTERNALDATE.fullmatch(date) if isinstance(date, bytes) else None
    if match is None:
        return None
    day, year, hour, minute, second = (int(match[i]) for i in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
    try:
        month = _MONTHS.index(match[2].decode().lower()) + 1
        zone = timezone(-offset if match[7] == b"-" else offset)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None
