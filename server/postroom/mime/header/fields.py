"""A header section as fields: names and unfolded values, in order (RFC 5322 §2.2)."""

import re
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode, is_beyond_ascii
from postroom.mime.header.words import decode_words

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# A space before the colon is obsolete and legal (RFC 5322 §4.5).

_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|in-reply-to|references|mime-version|received|reply-to"
    rb"|content-[a-z-]{1,30}|x-[a-z0-9-]{1,40}|sender|return-path)[ \t]*:",
    re.IGNORECASE,
)

_NEVER_MENDED = frozenset({"authentication-results"})
"""Fields that a server vouches with: a line of the sender's own must not become part of one."""

SUBSTITUTE = b"\x1a"
"""What stands for a character that is none (ECMA-48 §8.3.148)."""

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
        # A NUL that vanished would join what it parts, such as two addresses.
        marked = value.replace(b"\x00", SUBSTITUTE) if b"\x00" in value else value
        return decode(marked, self.charset)[0].strip(" \t")


def read_fields(raw: bytes, start: int = 0, end: int | None = None) -> Fields:
    """The header section that begins at ``start``. Never raises.

    A line that is neither a field nor a continuation ends the section and is body, as every
    mail program has it: words must not vanish because a blank line is missing.
    """
    return _Section(raw, start, len(raw) if end is None else end).read()


class _Section:
    """One reading of one header section, line by line."""

    def __init__(self, raw: bytes, start: int, end: int) -> None:
        self.raw = raw
        self.end = end
        self.position = _after_envelope_line(raw, start, end)
        self.fields = Fields()
        self.name = ""
        self.lines: list[bytes] = []
        self.size = 0
        self.line_count = 0
        top = start == 0
        self.most_fields = bounds.MAX_FIELDS if top else bounds.MAX_PART_FIELDS
        self.most_lines = bounds.MAX_HEADER_LINES if top else bounds.MAX_PART_HEADER_LINES

    def read(self) -> Fields:
        while self.position < self.end:
            self.line_count += 1
            if self.line_count > self.most_lines:
                self._skip()
                break
            line, after = self._line()
            if self._continues(line, after):
                self._append(line)
            elif not line.strip():
                self.position = after
                break
            elif not self._open(line, after):
                break
            self.position = after
        self._close()
        self.fields.body_start = min(self.position, self.end)
        return self.fields

    def _line(self) -> tuple[bytes, int]:
        """The line here, no more of it than a field may have, and the place after it."""
        line_end = self.raw.find(b"\n", self.position, self.end)
        after = self.end if line_end < 0 else line_end + 1
        if after - self.position > bounds.MAX_FIELD_BYTES:
            self._note(TRUNCATED_FIELD)
        seen = self.raw[self.position : min(after, self.position + bounds.MAX_FIELD_BYTES)]
        return seen.rstrip(b"\r\n"), after

    def _continues(self, line: bytes, after: int) -> bool:
        """Whether ``line`` belongs to the field above it."""
        if not self.name:
            return False
        if line[:1] in (b" ", b"\t"):
            return bool(line.strip()) or not _ends_here(self.raw, after, self.end)
        if self.name in _NEVER_MENDED:
            return False
        if line.strip() and not _NAME.match(line) and _goes_on(self.raw, after, self.end):
            self._note(BROKEN_FOLDING)
            return True
        return False

    def _append(self, line: bytes) -> None:
        self.size += len(line)
        if self.size > bounds.MAX_FIELD_BYTES:
            self._note(TRUNCATED_FIELD)
        else:
            self.lines.append(line if line[:1] in (b" ", b"\t") else b" " + line)

    def _open(self, line: bytes, after: int) -> bool:
        """Begin the field that ``line`` opens; False where the section ends before it."""
        found = _NAME.match(line)
        if found is None:
            self._note(NO_BLANK_LINE)
            return False
        self._close()
        if len(self.fields.items) >= self.most_fields:
            self._skip()
            return False
        self.name = found[1].decode("ascii").lower()
        self.lines, self.size = [line[found.end() :]], len(line)
        return True

    def _skip(self) -> None:
        """Go to the blank line: nothing more is read of this section."""
        self._note(TOO_MANY_FIELDS)
        breaks = (self.raw.find(mark, self.position, self.end) for mark in (b"\n\n", b"\n\r\n"))
        found = min((place for place in breaks if place >= 0), default=-1)
        self.position = self.end if found < 0 else self.raw.find(b"\n", found + 1, self.end) + 1

    def _close(self) -> None:
        if self.name:
            self.fields.items.append((self.name, b"".join(self.lines)))
        self.name = ""

    def _note(self, defect: str) -> None:
        if defect not in self.fields.defects:
            self.fields.defects.append(defect)


def hint_charset(fields: Fields, charset: str) -> None:
    """Let raw 8-bit values be read in the charset of the body: such programs use one for both.
    None that reads ASCII otherwise: the header would be another one than everybody reads."""
    if is_beyond_ascii(charset):
        fields.charset = charset


def _after_envelope_line(raw: bytes, start: int, end: int) -> int:
    """Where the fields begin: at the top of a mail after an mbox line ``From x@y date`` and blank
    lines before it. The header section of a part may be empty (RFC 2046 §5.1): blank lines above
    its words are where its body begins, and words that look like fields stay words."""
    if start > 0:
        return start
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
