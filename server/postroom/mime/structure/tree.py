"""The MIME tree of a message: an own walk with bounds, because the standard library's is
recursive without one and reads each line once for every open boundary (RFC 2046 §5.1).

A message inside a message is a leaf here: its words are not the sender's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.header.fields import Fields, hint_charset, read_fields
from postroom.mime.header.parameters import parse_parameters
from postroom.mime.structure.boundaries import spans, unnamed_boundary
from postroom.mime.structure.transfer import decode_transfer

TOO_DEEP = "Parts are nested too deep; the innermost were left together as an attachment."
TOO_MANY_PARTS = "There are too many parts; the last ones were left together as an attachment."
NO_PARTS = "A multipart has no parts that could be told apart; it was read as one."
OPEN_MULTIPART = "A multipart does not end; the message may be cut off."
AFTER_THE_LAST_PART = "There is something after the last part; it was not read."

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
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def boundary(self) -> str:
        return self.parameters.get("boundary", "").rstrip()

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


def described_fields(
    raw: bytes, start: int = 0, end: int | None = None
) -> tuple[Fields, tuple[str, dict[str, str]]]:
    """The header section of a part, its raw 8-bit values in the charset that it names, and what its
    Content-Type says. Whoever compares fields of a mail reads them so: in another charset they may
    be others."""
    fields = read_fields(raw, start, end)
    content_type, parameters = parse_parameters(fields.raw("content-type"))
    hint_charset(fields, parameters.get("charset", ""))
    return fields, (content_type, parameters)


class _Reader:
    """One walk over one message; counts leaves and collects defects."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.leaf_count = 0
        self.defects: list[str] = []

    def part(self, start: int, end: int, default_type: str, depth: int, around: str = "") -> Part:
        """The part that ``raw[start:end]`` is, inside a multipart whose boundary is ``around``."""
        part = self._without_children(start, end, default_type)
        if part.is_multipart and around and part.boundary == around:
            return part  # its parts follow among those of the one around it
        if part.is_multipart:
            self._children(part, depth)
        if not part.children:
            self._number(part)
        return part

    def _without_children(self, start: int, end: int, default_type: str) -> Part:
        fields, (content_type, parameters) = described_fields(self.raw, start, end)
        self.defects += fields.defects
        disposition, about_file = parse_parameters(fields.raw("content-disposition"))
        if not _TYPE.fullmatch(content_type):
            # RFC 2045 §5.2: what names no type is plain text.
            content_type = default_type
        return Part(
            self.raw,
            fields,
            content_type,
            parameters,
            disposition,
            about_file,
            fields.body_start,
            end,
        )

    def _children(self, part: Part, depth: int) -> None:
        if depth >= bounds.MAX_DEPTH:
            self.defects.append(TOO_DEEP)
            return
        found = (
            self._read_children(part, part.boundary, depth)
            or self._read_children(part, unnamed_boundary(self.raw, part.start, part.end), depth)
            or self._read_children(part, part.boundary, depth, whole_lines=False)
        )
        if not found:
            self.defects.append(NO_PARTS)
            part.content_type = "text/plain"

    def _read_children(
        self, part: Part, boundary: str, depth: int, *, whole_lines: bool = True
    ) -> bool:
        """Read the parts that ``boundary`` parts; whether there are any.

        Outlook Express for Macintosh gives an inner multipart the boundary of the outer one: what
        follows then is the inner one's, as far as the first closing delimiter.
        """
        if not boundary:
            return False
        holder = part
        for span in spans(self.raw, part.start, part.end, boundary, whole_lines=whole_lines):
            if self.leaf_count >= bounds.MAX_PARTS:
                self.defects.append(TOO_MANY_PARTS)
                holder.children.append(self._rest(span.start, part.end))
                break
            default = "message/rfc822" if holder.subtype == "digest" else "text/plain"
            child = self.part(span.start, span.end, default, depth + 1, boundary)
            holder.children.append(child)
            if not span.closed:
                self.defects.append(OPEN_MULTIPART)
            if span.last and holder is part:
                if self.raw[span.after : part.end].strip():
                    self.defects.append(AFTER_THE_LAST_PART)
                break
            if span.last:
                holder = self._settled(holder, part)
            elif child.is_multipart and child.number < 0 and not child.children:
                holder = child if holder is part else self._settled(child, holder)
        self._settled(holder, part)
        return bool(part.children)

    def _settled(self, holder: Part, around: Part) -> Part:
        """``around``, after ``holder`` has got all parts that it gets: without any it is a leaf."""
        if holder is not around and not holder.children:
            self.defects.append(NO_PARTS)
            holder.content_type = "text/plain"
            self._number(holder)
        return around

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
