"""Bytes from an IMAP server → whole responses. No I/O, linear in the input, bounded in memory.

A response is a line that may be interrupted by literals (RFC 3501 §4.3): a line that ends with
``{n}`` goes on after the next n octets. So its parts alternate: text, literal, text, literal, text.

Status responses (OK, NO, BAD, BYE, PREAUTH, +) are text for humans and never hold a literal
(RFC 3501 §7.1), though their text may happen to end with ``{5}``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from postroom.model.errors import PeerError

MAX_LITERAL = 60 * 1024 * 1024
"""One literal, octets: above any message that providers let through (25-50 MB). A server that
announces more would have us hold whatever it likes to send."""

MAX_LINE = 16 * 1024 * 1024
"""One line, octets: SEARCH names a million UIDs on one line of 8 MB."""

MAX_PARTS = 2_001
"""Parts of one response: a thousand literals are more than any answer to what we ask."""

_LITERAL = re.compile(rb"\{(\d{1,20})\+?\}\Z")
_STATUS = re.compile(rb"(?:\+|\S+ (?:OK|NO|BAD|BYE|PREAUTH)\b)", re.IGNORECASE)
_UNTAGGED = re.compile(rb"\* (?:(\d{1,10}) )?([A-Za-z][\w.=-]*) ?", re.ASCII)
_TAGGED = re.compile(rb"([A-Za-z0-9]+) (OK|NO|BAD)(?: |\Z)", re.IGNORECASE)


class Response(NamedTuple):
    """One whole response: text, literal, text, literal, … text."""

    parts: tuple[bytes, ...]

    @property
    def head(self) -> bytes:
        return self.parts[0]


class Untagged(NamedTuple):
    """What a server tells without being the end of a command: ``* 12 FETCH (…)``."""

    name: str
    """Upper case: EXISTS, FETCH, OK …"""
    number: int
    """The message number or count before the name; 0 where there is none."""
    parts: tuple[bytes, ...]
    """What follows the name, parts as in Response."""


class Tagged(NamedTuple):
    """The end of a command."""

    tag: str
    status: str
    """OK, NO or BAD."""


def garbage(what: str) -> PeerError:
    """The error for a server that does not speak IMAP, or not any more."""
    return PeerError(
        "imap_garbage",
        f"The IMAP server broke its protocol: {what}.",
        "Check that host and port are those of an IMAP server.",
    )


def untagged_of(response: Response) -> Untagged:
    """The untagged response; PeerError where it is none."""
    match = _UNTAGGED.match(response.head)
    if match is None:
        raise garbage("a response has no name")
    rest = response.head[match.end() :]
    return Untagged(match[2].decode().upper(), int(match[1] or 0), (rest, *response.parts[1:]))


def tagged_of(response: Response) -> Tagged:
    """The end of a command; PeerError where it is none."""
    match = _TAGGED.match(response.head)
    if match is None:
        raise garbage("a line is neither a response nor the end of a command")
    return Tagged(match[1].decode(), match[2].decode().upper())


class ResponseReader:
    """Collects what arrives and gives back whole responses."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        """Up to here the buffer holds no end of line: it is not searched twice."""
        self._parts: list[bytes] = []
        self._size = 0
        self._literal: int | None = None
        """Octets of the literal that comes next; None while a line does."""

    @property
    def amid_response(self) -> bool:
        """Whether something of a response is here, and not yet its end."""
        return bool(self._buffer or self._parts)

    def feed(self, data: bytes) -> Iterator[Response]:
        """The responses that ``data`` completes. PeerError where a bound is passed; nothing may
        be fed after that."""
        self._buffer += data
        at = 0
        while True:
            part = self._line(at) if self._literal is None else self._octets(at, self._literal)
            if part is None:
                break
            at += len(part) + (2 if self._literal is None else 0)
            self._searched = at
            if self._ends_response(part):
                yield self._finished()
        del self._buffer[:at]
        self._searched -= at

    def _line(self, at: int) -> bytes | None:
        end = self._buffer.find(b"\r\n", max(at, self._searched))
        if end < 0:
            if len(self._buffer) - at > MAX_LINE:
                raise garbage(f"a line is longer than {MAX_LINE} octets")
            self._searched = max(at, len(self._buffer) - 1)
            return None
        return self._slice(at, end)

    def _octets(self, at: int, size: int) -> bytes | None:
        return self._slice(at, at + size) if len(self._buffer) - at >= size else None

    def _slice(self, start: int, end: int) -> bytes:
        with memoryview(self._buffer) as view:  # copies once; a bytearray's slice would be another
            return bytes(view[start:end])

    def _ends_response(self, part: bytes) -> bool:
        self._parts.append(part)
        self._size += len(part)
        if len(self._parts) > MAX_PARTS or self._size > MAX_LITERAL + MAX_LINE:
            raise garbage("a response never ends")
        if self._literal is not None:
            self._literal = None
            return False
        self._literal = self._announced(part)
        return self._literal is None

    def _announced(self, line: bytes) -> int | None:
        """The size of the literal that the line announces."""
        if not line.endswith(b"}") or (len(self._parts) == 1 and _STATUS.match(line)):
            return None
        match = _LITERAL.search(line, max(0, len(line) - 24))
        if match is None:
            return None
        size = int(match[1])
        if size > MAX_LITERAL:
            raise garbage(f"a literal is larger than {MAX_LITERAL} octets")
        return size

    def _finished(self) -> Response:
        response = Response(tuple(self._parts))
        self._parts = []
        self._size = 0
        return response
