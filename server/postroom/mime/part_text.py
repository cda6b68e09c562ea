"""The text of one part, decoded and without its markup: each part is read once."""

import re
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode
from postroom.mime.html.to_text import html_to_text
from postroom.mime.structure.tree import Part

WRONG_CHARSET = "A part's charset is missing or wrong; its text was read as well as it could be."
MARKED_UP = frozenset({"text/html", "text/enriched"})

_LINE_BREAK = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class PartText:
    """What a part says to a reader, what it hides, and what was wrong with it."""

    text: str
    size: int
    """Bytes of the part, decoded, whether all of them were read or not."""
    hidden: int = 0
    defects: tuple[str, ...] = ()
    is_read: bool = True
    """False where the part could not be read: it is an attachment then."""


@dataclass(slots=True)
class PartTexts:
    """Reads the parts of one message. ``left`` bounds what is decoded for all of them, bytes: the
    words of a message, and once more as much to compare what its alternatives say."""

    left: int = 2 * bounds.MAX_BODY_BYTES
    _read: dict[int, PartText] = field(default_factory=dict)

    def of(self, leaf: Part) -> PartText:
        """The text of ``leaf``; of more bytes than there are left, the beginning."""
        known = self._read.get(leaf.number)
        if known is None:
            known = self._read[leaf.number] = self._text(leaf)
        return known

    def _text(self, leaf: Part) -> PartText:
        content, defect = leaf.content()
        beginning = _beginning(content, max(0, min(self.left, bounds.MAX_BODY_BYTES)))
        self.left -= len(beginning)
        decoded, faithful = decode(beginning, leaf.parameters.get("charset", ""))
        defects = tuple(filter(None, (defect, "" if faithful else WRONG_CHARSET)))
        text = _LINE_BREAK.sub("\n", decoded)
        if leaf.content_type not in MARKED_UP:
            return PartText(text.strip(), len(content), 0, defects)
        read = html_to_text(text)
        defects += read.defects
        return PartText(read.text.strip(), len(content), read.hidden, defects, read.is_read)


def _beginning(content: bytes, most: int) -> bytes:
    """At most so many bytes of ``content``, whole lines of them if they end."""
    if len(content) <= most:
        return content
    return content[: content.rfind(b"\n", 0, most) + 1 or most]
