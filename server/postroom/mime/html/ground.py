"""What may lie behind letters by its place, and not because it is around them.

    laid     something with a colour or a picture, taken out of the flow, stands before the letters:
             or a column of a table has a colour, or a comment for Outlook fills what follows
    moved    the letters are taken out of the flow themselves, and something with a colour or a
             picture stands before them

Where it is so, nobody can tell without laying out the page whether letters are seen on their
background. An element with an opaque background of its own ends it: that lies behind its letters.
Linear: what is known of an element is kept, and each is asked once.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from postroom.mime.html.appearance import Appearance

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_PAINTED = 1
"""Something with a colour or a picture stands before it, or before what is around it."""
_LAID = 2
"""So does something such that is out of the flow."""
_UNSURE = 4
"""One or the other may be behind its letters."""


class Ground:
    """Whether the background of letters can be known."""

    def __init__(
        self, tree: "LexborHTMLParser", looks: "Iterable[tuple[LexborNode, Appearance]]"
    ) -> None:
        self._looks: dict[int, Appearance] = {}
        self._holds: dict[int, int] = {}
        self._columned: set[int] = set()
        self._before: dict[int, int] = {}
        self._around: dict[int, int] = {}
        for node, look in looks:
            self._looks[node.mem_id] = look
            if look.paints:
                self._hold(node, _PAINTED | (_LAID if look.is_placed else 0))
            if look.paints and node.tag in ("col", "colgroup"):
                self._columned.add(_table_of(node))
        for picture in tree.css("img"):
            self._hold(picture, _PAINTED)

    def is_unsure(self, node: "LexborNode") -> bool:
        """Whether something else than what is around ``node`` may be behind it."""
        path: list[LexborNode] = []
        above: LexborNode | None = node
        while above is not None and above.mem_id not in self._around:
            path.append(above)
            above = above.parent
        known = self._around[above.mem_id] if above is not None else 0
        for step in reversed(path):
            known = self._around[step.mem_id] = self._within(step, known)
        return bool(known & _UNSURE)

    def _within(self, node: "LexborNode", above: int) -> int:
        look = self._looks.get(node.mem_id)
        if look is not None and look.covers:
            return 0
        known = above | self._standing_before(node)
        is_moved = look is not None and look.is_placed and known & _PAINTED
        if is_moved or known & _LAID or node.mem_id in self._columned:
            known |= _UNSURE
        return known

    def _standing_before(self, node: "LexborNode") -> int:
        path = []
        one = node
        while one.mem_id not in self._before and one.prev is not None:
            path.append(one)
            one = one.prev
        known = self._before.setdefault(one.mem_id, 0)
        for step in reversed(path):
            known |= self._held(one)
            self._before[step.mem_id] = known
            one = step
        return known

    def _held(self, node: "LexborNode") -> int:
        if node.is_comment_node:
            return _LAID if _fills(node.comment_content or "") else 0
        return self._holds.get(node.mem_id, 0)

    def _hold(self, node: "LexborNode", what: int) -> None:
        one: LexborNode | None = node
        while one is not None and self._holds.get(one.mem_id, 0) | what != self._holds.get(
            one.mem_id
        ):
            self._holds[one.mem_id] = self._holds.get(one.mem_id, 0) | what
            one = one.parent


def _fills(comment: str) -> bool:
    """Whether it opens a shape of Outlook's that has a colour or a picture (VML)."""
    return "<v:" in comment[:2_000] and "fill" in comment[:2_000]


def _table_of(column: "LexborNode") -> int:
    table = column.parent
    while table is not None and table.tag != "table":
        table = table.parent
    return table.mem_id if table is not None else 0
