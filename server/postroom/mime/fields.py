"""A header section as fields: names and unfolded values, in order (RFC 5322 §2.2)."""

import re
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.charsets import codec_of, decode
from postroom.mime.words import decode_words

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# A space before the colon is obsolete and legal (RFC 5322 §4.5).

_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|in-reply-to|references|mime-version|received|reply-to"
    rb"|content-[a-z-]{1,30}|x-[a-z0-9-]{1,40}|sender|return-path)[ \t]*:",
    re.IGNORECASE,
)

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n|\r?\n\Z")

TRUNCATED_FIELD = "A header field is too long; its end was not read."
TOO_MANY_FIELDS = "There are too many header fields; the last ones were not read."
BROKEN_FOLDING = "A header line is not folded as it should be; it was read as part of its field."
NO_BLANK_LINE = "The header section ends without a blank line."


@dataclass(slots=True)
class Fields:
    """Fields by lower-case name, in the order of the mail; ``start`` of the body after them."""

    items: list[tuple[str, bytes]] = field(default_factory=list)
    body_start: int = 0
    defects: list[str] = field(default_factory=list)
    charset: str = ""
    """What raw 8-bit values are read in, where they are not UTF-8 (RFC 6532)."""

    def raw(self, name: str) -> str:
        """The first field of that name, unfolded, not yet decoded; "" where there is none."""
        for known, value in self.items:
            if known == name:
                return self._text(value)
        return ""

    def every_raw(self, name: str) -> list[str]:
        """All fields of that name, topmost first."""
        return [self._text(value) for known, value in self.items if known == name]

    def text(self, name: str) -> str:
        """The first field of that name as a reader sees it: encoded words decoded (RFC 2047)."""
        return decode_words(self.raw(name))

    def has(self, name: str) -> bool:
        return any(known == name for known, _ in self.items)

    def _text(self, value: bytes) -> str:
        return decode(value, self.charset)[0].strip(" \t")


def read_fields(raw: bytes, start: int = 0, end: int | None = None) -> Fields:
    """The header section that begins at ``start``. Never raises.

    A line that is neither a field nor a continuation ends the section and is body, as every
    mail program has it: words must not vanish because a blank line is missing.
    """
    end = len(raw) if end is None else end
    fields = Fields(body_start=end)
    position = _after_envelope_line(raw, start, end)
    name, parts, size = "", [], 0
    while position < end:
        line_end = raw.find(b"\n", position, end)
        after = end if line_end < 0 else line_end + 1
        line = raw[position : min(after, position + bounds.MAX_FIELD_BYTES + 2)].rstrip(b"\r\n")
        if line[:1] in (b" ", b"\t") and name:
            if not line.strip() and _ends_here(raw, after, end):
                position = after
                break
            size += len(line)
            if size <= bounds.MAX_FIELD_BYTES:
                parts.append(line)
            elif TRUNCATED_FIELD not in fields.defects:
                fields.defects.append(TRUNCATED_FIELD)
        elif not line.strip():
            position = after
            break
        else:
            found = _NAME.match(line)
            if found is None and name and _goes_on(raw, after, end):
                parts.append(b" " + line[: bounds.MAX_FIELD_BYTES])
                fields.defects.append(BROKEN_FOLDING)
                position = after
                continue
            if found is None:
                fields.defects.append(NO_BLANK_LINE)
                break
            _keep(fields, name, parts)
            if len(fields.items) >= bounds.MAX_FIELDS:
                fields.defects.append(TOO_MANY_FIELDS)
                name, parts = "", []
                blank = _BLANK.search(raw, position, end)
                position = end if blank is None else blank.end()
                break
            if after - position > bounds.MAX_FIELD_BYTES:
                fields.defects.append(TRUNCATED_FIELD)
            name = found[1].decode("ascii").lower()
            parts, size = [line[found.end() :][: bounds.MAX_FIELD_BYTES]], after - position
        position = after
    _keep(fields, name, parts)
    fields.body_start = min(position, end)
    return fields


def hint_charset(fields: Fields, charset: str) -> None:
    """Let raw 8-bit values be read in the charset of the body: such programs use one for both."""
    if codec_of(charset) not in (None, "ascii"):
        fields.charset = charset


def _keep(fields: Fields, name: str, parts: list[bytes]) -> None:
    if name:
        fields.items.append((name, b"".join(parts)))


def _after_envelope_line(raw: bytes, start: int, end: int) -> int:
    """Where the fields begin: after an mbox line ``From x@y date`` and blank lines before it."""
    while raw.startswith((b"\n", b"\r\n"), start, end):
        start = raw.find(b"\n", start, end) + 1
    if raw.startswith((b"From ", b">From "), start, end):
        line_end = raw.find(b"\n", start, end)
        return end if line_end < 0 else line_end + 1
    return start


def _goes_on(raw: bytes, position: int, end: int) -> bool:
    """Whether well-known fields follow a line that is neither field nor continuation: then a
    program forgot to indent it (often between two encoded words)."""
    following = raw[position : min(end, position + 1_000)].split(b"\n", 3)[:3]
    for line in following:
        if not line.strip():
            return False
        if _KNOWN.match(line):
            return True
    return False


def _ends_here(raw: bytes, position: int, end: int) -> bool:
    """Whether what follows a line of white space is neither field nor continuation: then that
    line was the blank one."""
    following = raw[position : min(end, position + 300)].split(b"\n", 1)[0]
    if following[:1] in (b" ", b"\t"):
        return not following.strip()
    return _NAME.match(following) is None
