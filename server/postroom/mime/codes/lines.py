"""The subject and the text of a mail as lines in which codes are looked for.

What only dresses a code is taken off: Markdown, the cells of a table that hold one character each,
one character a line. Links and addresses are blank: their digits are nobody's code.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from postroom.mime.codes.folding import DIGITS, fold

_HIDDEN = re.compile(r"https?://\S+|www\.\S+|[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_HEADING = re.compile(r"(?:\s|>)*#{1,6}\s+")
_MARKS = re.compile(r"[*_`>]+")
_BLANK = " \t\r*_`|#>\\:-–—=~"
"""A line of these alone says nothing."""

_SENTENCE_END = re.compile(r"[.!?][\"'”»)]* +(?=[^\s])|[。！？؟।]|; ")

_SENTENCE = 250
"""Characters of a sentence before and behind a place: longer ones are made to be slow to read."""

_ONE_A_LINE = range(4, 9)
"""Characters of a code that stand one below the other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, the same folded, and where its sentences end."""

    text: str
    folded: str
    ends: list[int] = field(default_factory=list)

    def is_one_sentence(self, start: int, end: int) -> bool:
        return bisect_right(self.ends, start) == bisect_right(self.ends, end)

    def sentence(self, at: int) -> str:
        """The sentence around a place, folded; of a long one, what is near."""
        place = bisect_right(self.ends, at)
        start = self.ends[place - 1] if place else 0
        end = self.ends[place] if place < len(self.ends) else len(self.folded)
        return self.folded[max(start, at - _SENTENCE) : min(end, at + _SENTENCE)]


EMPTY = Line("", "")


def said_lines(text: str) -> list[str]:
    """The lines that say something; characters that stand one below the other are one line."""
    lines: list[str] = []
    column: list[str] = []
    for raw in text.split("\n"):
        bare = raw.strip(_BLANK)
        if len(bare) == 1 and bare.isalnum():
            column.append(bare)
        elif bare:
            lines += [*_joined(column), raw]
            column = []
    return [*lines, *_joined(column)]


def _joined(column: list[str]) -> list[str]:
    return ["".join(column)] if len(column) in _ONE_A_LINE else column


def read_line(raw: str) -> Line:
    """A line without what dresses it; bars stay where they part cells of several characters."""
    text = _HIDDEN.sub(" ", raw) if "/" in raw or "@" in raw or "www." in raw else raw
    text = _MARKS.sub(" ", _HEADING.sub("", text, count=1).replace("\\", ""))
    text = " ".join((text if text.isascii() else text.translate(DIGITS)).split())
    if "|" in text:
        text = _cells(text)
    return Line(text, fold(text), _ends(text))


def _cells(text: str) -> str:
    cells = [cell for piece in text.split("|") if (cell := piece.strip())]
    if len(cells) in _ONE_A_LINE and all(len(cell) == 1 for cell in cells):
        return "".join(cells)
    return " | ".join(cells)


def _ends(text: str) -> list[int]:
    """Where sentences end: at a full stop behind which no word goes on in small letters."""
    return [
        found.end()
        for found in _SENTENCE_END.finditer(text)
        if not text[found.end() : found.end() + 1].islower() or found[0][0] != "."
    ]
