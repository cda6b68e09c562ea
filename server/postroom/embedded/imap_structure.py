"""The MIME structure of a mail as pymap reads it, within bounds; and its header, as bytes.

The standard library's header parser, which pymap uses, is quadratic on long headers and raises
anything on hostile ones.
"""

import re
from collections.abc import Collection

from pymap.mime import MessageBody, MessageContent, MessageHeader

MAX_HEADER_BYTES = 64 * 1024
"""A header that is parsed for ENVELOPE and the like, bytes. Python's header parser is quadratic on
long ones (15 s for 50,000 addresses); a longer one is shown as one part without a structure."""

MAX_FIELD_BYTES = 8 * 1024
"""One field of it, bytes."""

MAX_PARTS = 500
"""MIME parts; each costs a parse of its header."""

_INNER_HEADER = re.compile(
    rb"^--[^\r\n]*\r?\n|message/(?:rfc822|global)", re.MULTILINE | re.IGNORECASE
)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD_BREAK = re.compile(rb"\r?\n(?![ \t])")


def parse_bounded(raw: bytes) -> MessageContent:
    """The MIME structure, or one part without any where parsing would cost too much."""
    if not _is_parsable(raw):
        return opaque(raw)
    try:
        return MessageContent.parse(raw)
    except Exception:  # RecursionError on deep nesting, IndexError and others on bad headers
        return opaque(raw)


def opaque(raw: bytes) -> MessageContent:
    """The whole mail as one part of text without any structure."""
    plain = MessageContent.parse(b"\r\n").body.content_type
    lines = MessageContent._find_lines(raw)
    return MessageContent(raw, MessageHeader.empty(), MessageBody(raw, lines, plain, []))


def _is_parsable(raw: bytes) -> bool:
    """Whether every header in it is of a bounded size; linear in the size of the mail."""
    if not _is_small_header(raw, 0):
        return False
    for parts, inner in enumerate(_INNER_HEADER.finditer(raw)):
        start = inner.end()
        if not inner[0].startswith(b"--"):
            blank = _BLANK_LINE.search(raw, start, start + MAX_HEADER_BYTES)
            start = blank.end() if blank else len(raw)
        if parts >= MAX_PARTS or not _is_small_header(raw, start):
            return False
    return True


def _is_small_header(raw: bytes, start: int) -> bool:
    limit = min(start + MAX_HEADER_BYTES, len(raw))
    blank = _BLANK_LINE.search(raw, start, limit)
    if blank is None and limit < len(raw) and b":" in raw[start : start + 200]:
        return False
    end = blank.start() if blank else limit
    return all(len(field) <= MAX_FIELD_BYTES for field in _FIELD_BREAK.split(raw[start:end]))


def header_end(raw: bytes) -> int:
    """Where the body begins: after the first empty line."""
    if raw.startswith((b"\r\n", b"\n")):
        return raw.index(b"\n") + 1
    ends = [at + len(gap) for gap in (b"\r\n\r\n", b"\n\n") if (at := raw.find(gap)) >= 0]
    return min(ends, default=len(raw))


def some_fields(header: bytes, names: Collection[bytes], inverse: bool) -> bytes:
    """The fields with these names, upper case, or all but those; with the empty line behind."""
    kept: list[bytes] = []
    for field in re.split(rb"(?<=\n)(?![ \t])", header):
        name = field.partition(b":")[0].strip().upper()
        if b":" in field and inverse != (name in names):
            kept.append(field)
    return b"".join([*kept, b"\r\n"])
