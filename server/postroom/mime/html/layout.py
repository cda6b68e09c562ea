"""Tables that place a mail's words become blocks in their order; tables of data stay tables.

    holds a table, or a cell of several paragraphs    it lays out
    says so: role=presentation or none                it lays out
    in most of its rows one cell has words            it lays out, by lines
    is far larger than the cells it has               it lays out: the converter fills every row
    several rows of several cells, a phrase in each   data

Of a table that lays out, each cell becomes a block, and a row of short phrases one line. The
innermost tables are read first, and each node twice: where it opens and where it closes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.html.concealment import outermost

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

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


def lay_out_tables(tree: "LexborHTMLParser") -> bool:
    """Make blocks and lines of each table in ``tree`` that lays out; whether they could be made.

    Images must be words by now, and quotes and signatures marked: they are what cells hold. Linear
    where `bounds.MAX_TABLES` holds: what is moved costs all that it holds.
    """
    for table in outermost(tree.css("table")):
        around: list[_Table] = []
        for node, closes in _walk(table):
            tag = node.tag or ""
            if tag != "table":
                around[-1].read(node, tag, closes)
            elif not closes:
                if len(around) == bounds.MAX_TABLES:
                    return False
                around.append(_Table(node))
            else:
                inner = around.pop()
                if inner.lays_out:
                    inner.become_blocks(tree)
                else:
                    inner.stay()
                if around:
                    around[-1].hold(inner)
    return True


def _walk(top: "LexborNode") -> "Iterator[tuple[LexborNode, bool]]":
    """Every node from ``top`` on in its order, and again, with True, after all that it holds.

    A node may be taken out once it has closed.
    """
    node, end = top, top.mem_id
    while True:
        yield node, False
        child = node.first_child
        while child is None:
            behind, above, is_end = node.next, node.parent, node.mem_id == end
            yield node, True
            if is_end or above is None:
                return
            if behind is None:
                node = above
            child = behind
        node = child


@dataclass(slots=True)
class _Cell:
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

    def hold(self, table: "_Table") -> None:
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
class _Table:
    """A table as far as it has been read, and, once it has become blocks, what they hold."""

    node: "LexborNode"
    rows: "list[list[_Cell]]" = field(default_factory=list)
    frames: "list[LexborNode]" = field(default_factory=list)
    holds_table: bool = False
    keeps_apart: bool = True
    paragraphs: int = 0
    chars: int = 0
    last: str = ""
    blocks: "list[LexborNode]" = field(default_factory=list)
    _cell: _Cell | None = None

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
            self._cell = None if closes else self._add_cell(_Cell(node), tag)
        elif tag in _FRAMES:
            if not closes:
                self.frames.append(node)
                self.rows += [[]] if tag == "tr" else []
        elif self._cell is not None:
            self._cell.read(node, tag, closes)
        elif closes and tag == "-text" and not (node.text_content or "").strip():
            node.decompose()  # the source's own indents

    def _add_cell(self, cell: _Cell, tag: str) -> _Cell:
        if tag == "caption" or not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)
        return cell

    def hold(self, inner: "_Table") -> None:
        self.holds_table = True
        if self._cell is not None:
            self._cell.hold(inner)

    def stay(self) -> None:
        """Leave only what the converter needs: what says how a table looks makes it a list there,
        and a row without words a row of bars."""
        for name in self.node.attributes:
            del self.node.attrs[name]
        for row in self.rows:
            above = row[0].node.parent if row else None
            is_empty = not any(cell.paragraphs for cell in row)
            if above is not None and above.tag == "tr" and is_empty:
                above.decompose()

    def become_blocks(self, tree: "LexborHTMLParser") -> None:
        """Put a block in the place of each cell, or of each row of short phrases."""
        self.keeps_apart = False
        for row in self.rows:
            filled = [cell for cell in row if cell.paragraphs]
            if len(filled) > 1 and all(cell.is_short for cell in filled):
                self._add_line(tree, filled)
            else:
                for cell in filled:
                    self._add_block(tree, cell)
            for cell in row:
                cell.node.unwrap(delete_empty=True)
        for frame in (*reversed(self.frames), self.node):
            frame.unwrap(delete_empty=True)

    def _add_block(self, tree: "LexborHTMLParser", cell: _Cell) -> None:
        block = _wrapped(tree, cell.node)
        self.paragraphs += cell.paragraphs
        self.chars += cell.chars
        self.last = cell.last
        self.keeps_apart |= cell.keeps_apart or cell.has_lines
        self.blocks = [block, *cell.blocks] if self.paragraphs == 1 else []

    def _add_line(self, tree: "LexborHTMLParser", cells: list[_Cell]) -> None:
        first = cells[0].node
        line = _wrapped(tree, first.parent or first)
        before = ""
        for cell in cells:
            if before:
                cell.node.insert_before(" " if before.endswith((":", "：")) else " | ")
            for block in cell.blocks:
                _join(block)
            before = cell.last
            self.chars += cell.chars
        self.paragraphs += 1
        self.last = before
        self.blocks = [line] if self.paragraphs == 1 else []


def _columns(cell: _Cell) -> int:
    return _number(cell.node.attributes.get("colspan"))


def _hangs(cell: _Cell) -> bool:
    return _number(cell.node.attributes.get("rowspan")) != 1


def _number(value: str | None) -> int:
    """How far a cell spans (HTML §4.9.11): 1 where nothing is said, a thousand at most."""
    digits = (value or "").strip()[:5]
    return min(1_000, int(digits)) if digits.isascii() and digits.isdigit() else 1


def _join(block: "LexborNode") -> None:
    """Make what ends a line a part of it."""
    if block.is_text_node:
        block.replace_with(" ".join((block.text_content or "").split("\n")))
    else:
        block.unwrap(delete_empty=True)


def _wrapped(tree: "LexborHTMLParser", node: "LexborNode") -> "LexborNode":
    """A block around ``node``."""
    block = tree.create_node("div")
    node.insert_before(block)
    block = node.prev or block
    block.insert_child(node, move=True)
    return block
