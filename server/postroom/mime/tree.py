"""The MIME tree of a message: an own walk with bounds, because the standard library's is
recursive without one and reads each line once for every open boundary (RFC 2046 §5.1).

A message inside a message is a leaf here: its words are not the sender's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.fields import Fields, hint_charset, read_fields
from postroom.mime.parameters import parse_parameters
from postroom.mime.transfer import decode_transfer

TOO_DEEP = "Parts are nested too deep; the innermost were left together as an attachment."
TOO_MANY_PARTS = "There are too many parts; the last ones were left together as an attachment."
NO_PARTS = "A multipart has no parts that could be told apart; it was read as one."
OPEN_MULTIPART = "A multipart does not end; the message may be cut off."

_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,80}/[!#$%&'*+.^_`|~0-9a-z-]{1,120}")


@dataclass(slots=True)
class Part:
    """A node of the tree. Its body is ``raw[start:end]``, still in its transfer encoding."""

    raw: bytes
    fields: Fields
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    number: int = -1
    """Its place among the leaves in document order; -1 for a multipart."""

    @property
    def filename(self) -> str:
        """The name as given: Content-Disposition's, else Content-Type's (RFC 2183 §2.3)."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name", "")

    @property
    def subtype(self) -> str:
        return self.content_type.partition("/")[2]

    def content(self) -> tuple[bytes, str]:
        """The decoded bytes of a leaf, and what was wrong with them."""
        body = self.raw[self.start : self.end]
        return decode_transfer(body, self.fields.raw("content-transfer-encoding"))

    def leaves(self) -> Iterator["Part"]:
        """The leaves below, or itself, in document order. The depth is bounded."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def read_tree(raw: bytes) -> tuple[Part, list[str]]:
    """The tree of ``raw``, and what was wrong with it. Never raises."""
    reader = _Reader(raw)
    root = reader.part(0, len(raw), "text/plain", 0)
    return root, list(dict.fromkeys(reader.defects))


class _Reader:
    """One walk over one message; counts leaves and collects defects."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.leaf_count = 0
        self.defects: list[str] = []

    def part(self, start: int, end: int, default_type: str, depth: int) -> Part:
        fields = read_fields(self.raw, start, end)
        self.defects += fields.defects
        content_type, parameters = parse_parameters(fields.raw("content-type"))
        disposition, about_file = parse_parameters(fields.raw("content-disposition"))
        if not _TYPE.fullmatch(content_type):
            # RFC 2045 §5.2: what names no type is plain text.
            content_type = default_type
        hint_charset(fields, parameters.get("charset", ""))
        part = Part(
            self.raw,
            fields,
            content_type,
            parameters,
            disposition,
            about_file,
            fields.body_start,
            end,
        )
        if content_type.startswith("multipart/"):
            self._children(part, depth)
        if not part.children:
            self._number(part)
        return part

    def _children(self, part: Part, depth: int) -> None:
        if depth >= bounds.MAX_DEPTH:
            self.defects.append(TOO_DEEP)
            return
        default = "message/rfc822" if part.subtype == "digest" else "text/plain"
        for start, end, closed in self._spans(part):
            if self.leaf_count >= bounds.MAX_PARTS:
                self.defects.append(TOO_MANY_PARTS)
                part.children.append(self._rest(start, part.end))
                break
            part.children.append(self.part(start, end, default, depth + 1))
            if not closed:
                self.defects.append(OPEN_MULTIPART)
        if not part.children:
            self.defects.append(NO_PARTS)
            part.content_type = "text/plain"

    def _rest(self, start: int, end: int) -> Part:
        """What lies beyond the bound, as one leaf."""
        rest = Part(
            self.raw, Fields(), "application/octet-stream", {}, "attachment", {}, start, end
        )
        self._number(rest)
        return rest

    def _number(self, part: Part) -> None:
        part.number = self.leaf_count
        self.leaf_count += 1

    def _spans(self, part: Part) -> Iterator[tuple[int, int, bool]]:
        """Start and end of each part, and whether a delimiter ends it. The line break before a
        delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
        boundary = part.parameters.get("boundary", "").rstrip()
        if not boundary:
            return
        opened = -1
        for line_start, line_end, final in self._delimiters(part, boundary):
            if opened >= 0:
                yield opened, max(opened, _before_break(self.raw, line_start)), True
            opened = -1 if final else line_end
            if final:
                return
        if opened >= 0:
            yield opened, part.end, False

    def _delimiters(self, part: Part, boundary: str) -> Iterator[tuple[int, int, bool]]:
        """Each delimiter line: its start, the next line's, and whether it is the last one."""
        marker = b"--" + boundary.encode("utf-8", "replace")
        position = part.start
        while True:
            found = self.raw.find(marker, position, part.end)
            if found < 0:
                return
            position = found + len(marker)
            if found > part.start and self.raw[found - 1 : found] != b"\n":
                continue
            final = self.raw.startswith(b"--", position, part.end)
            line_end = self.raw.find(b"\n", position, part.end)
            line_end = part.end if line_end < 0 else line_end + 1
            after = self.raw[position + 2 * final : min(line_end, position + 1_000)]
            if not after.strip():
                yield found, line_end, final
                position = line_end


def _before_break(raw: bytes, position: int) -> int:
    if raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if raw[position - 1 : position] == b"\n" else position
