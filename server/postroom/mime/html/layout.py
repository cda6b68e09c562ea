"""Tables that place a mail's words become blocks in their order; tables of data stay tables.

Of a table that lays out, each cell becomes a block, and a row of short phrases one line. The
innermost tables are read first, and each node twice: where it opens and where it closes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.html.concealment import outermost
from postroom.mime.html.tables import Cell, Table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode


def lay_out_tables(tree: "LexborHTMLParser") -> bool:
    """Make blocks and lines of each table in ``tree`` that lays out; whether they could be made.

    Images must be words by now, and quotes and signatures marked: they are what cells hold. Linear
    where `bounds.MAX_TABLES` holds: what is moved costs all that it holds.
    """
    for table in outermost(tree.css("table")):
        around: list[Table] = []
        for node, closes in _walk(table):
            tag = node.tag or ""
            if tag != "table":
                around[-1].read(node, tag, closes)
            elif not closes:
                if len(around) == bounds.MAX_TABLES:
                    return False
                around.append(Table(node))
            else:
                inner = around.pop()
                if inner.lays_out:
                    _become_blocks(tree, inner)
                else:
                    _stay(inner)
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


def _stay(table: Table) -> None:
    """Leave only what the converter needs: what says how a table looks makes it a list there,
    and a row without words a row of bars."""
    for name in table.node.attributes:
        del table.node.attrs[name]
    for row in table.rows:
        above = row[0].node.parent if row else None
        is_empty = not any(cell.paragraphs for cell in row)
        if above is not None and above.tag == "tr" and is_empty:
            above.decompose()


def _become_blocks(tree: "LexborHTMLParser", table: Table) -> None:
    """Put a block in the place of each cell, or of each row of short phrases."""
    table.keeps_apart = False
    for row in table.rows:
        filled = [cell for cell in row if cell.paragraphs]
        if len(filled) > 1 and all(cell.is_short for cell in filled):
            _add_line(tree, table, filled)
        else:
            for cell in filled:
                _add_block(tree, table, cell)
        for cell in row:
            if not cell.paragraphs:
                _drop_spaces(cell)
            cell.node.unwrap(delete_empty=True)
    for frame in (*reversed(table.frames), table.node):
        frame.unwrap(delete_empty=True)


def _add_block(tree: "LexborHTMLParser", table: Table, cell: Cell) -> None:
    block = _wrapped(tree, cell.node)
    table.paragraphs += cell.paragraphs
    table.chars += cell.chars
    table.last = cell.last
    table.keeps_apart |= cell.keeps_apart or cell.has_lines
    table.blocks = [block, *cell.blocks] if table.paragraphs == 1 else []


def _add_line(tree: "LexborHTMLParser", table: Table, cells: list[Cell]) -> None:
    first = cells[0].node
    line = _wrapped(tree, first.parent or first)
    before = ""
    for cell in cells:
        if before:
            cell.node.insert_before(" " if before.endswith((":", "：")) else " | ")
        for block in cell.blocks:
            _join(block)
        before = cell.last
        table.chars += cell.chars
    table.paragraphs += 1
    table.last = before
    table.blocks = [line] if table.paragraphs == 1 else []


def _drop_spaces(cell: Cell) -> None:
    """Take out a text that only keeps a cell from being empty."""
    only = cell.node.first_child
    if only is not None and only.next is None and only.is_text_node:
        only.decompose()


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
