"""Tables of HTML as they are read, and whether they place words or hold data.

holds a table, or a cell of several paragraphs    it lays out
says so: role=presentation or none                it lays out
in most of its rows one cell has words            it lays out, by lines
is far larger than the cells it has               it lays out: the converter fills every row
several rows of several cells, a phrase in each   data
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postroom.mime import bounds

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BLOCKS = frozenset(
    {"p", "div", "center", "section", "article", "header", "footer", "main", "address", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "figure", "hr"}
    | {"fieldset", "aside", "nav", "figcaption"}
)
_KEPT_APART = frozenset({"pre", "blockquote"})
"""Blocks that a cell of Markdown cannot hold, however short."""

_CELLS = frozenset({"td", "th", "caption"})
_FRAMES = frozenset({"tbody", "thead", "tfoot", "colgroup", "col", "tr"})

_SHORT = 100
"""Characters of a cell that shares its line with those beside it; a longer one is a text."""


@dataclass(slots=True)
class Cell:
    """What a cell holds, as far as it has been read."""

    node: "LexborNode"
    paragraphs: int = 0
    """Texts with a block's edge or an empty line between them."""
    chars: int = 0
    last: str = ""
    """The last text."""
    has_lines: bool = False
    """A break stands between words."""
    keeps_apart: bool = False
    """It holds what can be on no line with others."""
    blocks: "list[LexborNode]" = field(default_factory=list)
    """What would end a line that it shares: blocks, breaks, and texts of several lines."""
    _is_apart: bool = True
    _breaks: int = 0

    @property
    def is_short(self) -> bool:
        plain = self.paragraphs == 1 and not self.keeps_apart and not self.has_lines
        return plain and self.chars <= _SHORT

    @property
    def is_phrase(self) -> bool:
        return self.paragraphs <= 1 and not self.keeps_apart

    def read(self, node: "LexborNode", tag: str, closes: bool) -> None:
        if tag == "-text":
            if not closes:
                text = node.text_content or ""
                self._add_words(text.strip())
                if "\n" in text:
                    self.blocks.append(node)
        elif tag == "br":
            if not closes:
                self._breaks += 1
                self.blocks.append(node)
        elif tag in _KEPT_APART:
            self.keeps_apart = self._is_apart = True
        elif tag in _BLOCKS:
            self._is_apart = True
            if not closes:
                self.blocks.append(node)

    def hold(self, table: "Table") -> None:
        self._is_apart = True
        self.paragraphs += table.paragraphs
        self.chars += table.chars
        self.last = table.last or self.last
        self.keeps_apart |= table.keeps_apart
        self.blocks += table.blocks if self.is_phrase else ()

    def _add_words(self, words: str) -> None:
        if not words:
            return
        if self._is_apart or self._breaks > 1:
            self.paragraphs += 1
        elif self._breaks and self.paragraphs:
            self.has_lines = True
        self._is_apart, self._breaks = False, 0
        self.chars += len(words)
        self.last = words


@dataclass(slots=True)
class Table:
    """A table as far as it has been read, and, once it has become blocks, what they hold."""

    node: "LexborNode"
    rows: "list[list[Cell]]" = field(default_factory=list)
    frames: "list[LexborNode]" = field(default_factory=list)
    holds_table: bool = False
    keeps_apart: bool = True
    paragraphs: int = 0
    chars: int = 0
    last: str = ""
    blocks: "list[LexborNode]" = field(default_factory=list)
    _cell: Cell | None = None

    @property
    def lays_out(self) -> bool:
        role = (self.node.attributes.get("role") or "").strip().lower()
        if self.holds_table or role in ("presentation", "none"):
            return True
        cells = [cell for row in self.rows for cell in row]
        if not all(cell.is_phrase for cell in cells):
            return True
        filled = [sum(1 for cell in row if cell.paragraphs) for row in self.rows]
        several = sum(1 for count in filled if count > 1)
        if several < 2 or 2 * several < sum(1 for count in filled if count):
            return True
        return self._size - len(cells) > bounds.MAX_FILLED_CELLS

    @property
    def _size(self) -> int:
        """Cells that the converter may write at most: those that span others are filled up too."""
        widest = max(sum(map(_columns, row)) for row in self.rows)
        hanging = sum(_columns(cell) for row in self.rows for cell in row if _hangs(cell))
        return len(self.rows) * (widest + hanging)

    def read(self, node: "LexborNode", tag: str, closes: bool) -> None:
        if tag in _CELLS:
            self._cell = None if closes else self._add_cell(Cell(node), tag)
        elif tag in _FRAMES:
            if not closes:
                self.frames.append(node)
                self.rows += [[]] if tag == "tr" else []
        elif self._cell is not None:
            self._cell.read(node, tag, closes)
        elif closes and tag == "-text" and not (node.text_content or "").strip():
            node.decompose()  # the source's own indents

    def _add_cell(self, cell: Cell, tag: str) -> Cell:
        if tag == "caption" or not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)
        return cell

    def hold(self, inner: "Table") -> None:
        self.holds_table = True
        if self._cell is not None:
            self._cell.hold(inner)


def _columns(cell: Cell) -> int:
    return _number(cell.node.attributes.get("colspan"))


def _hangs(cell: Cell) -> bool:
    return _number(cell.node.attributes.get("rowspan")) != 1


def _number(value: str | None) -> int:
    """How far a cell spans (HTML §4.9.11): 1 where nothing is said, a thousand at most."""
    digits = (value or "").strip()[:5]
    return min(1_000, int(digits)) if digits.isascii() and digits.isdigit() else 1
