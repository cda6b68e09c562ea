"""Which elements the selectors of more than one element, or of states of a tree, find.

What is said of one element (`td.a[width="0"]:not(.b)`) is found by the library; what lies between
two (`.a .b`, `.a > .b`, `.a + .b`, `.a ~ .b`) is followed here, because the library tries every
way up and is exponential in it. Each element is passed once, in document order, with what was found
above and before it: linear in elements and steps. Selectors Level 4 §3.1, §15.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_MAX_VISITS = 50_000_000
"""Elements looked at for all compounds; it takes a second. A newsletter has a hundred thousand."""

_MAX_HITS = 300_000
"""Places that elements may take in a selector, all counted; each costs a step of our own."""

_COMPOUND = (
    r"(?:[\w*.#-]|\[[^\[\]()]{1,100}\]|:root|:(?:not|is|where)\([^():]{1,100}\)"
    r"|:(?:first|last|only|nth|empty)[a-z-]{0,20}(?:\([\w+ -]{1,20}\))?)"
)
_STEP = re.compile(rf"(^|\s*[>+~]\s*|\s+)({_COMPOUND}{{1,200}})")

Step = tuple[int, int]
"""A selector's place, and how many of its compounds are found."""


@dataclass(slots=True)
class _Found:
    """What was found at the elements around one: above it, at its parent, before it, and last."""

    above: frozenset[Step] = frozenset()
    parent: frozenset[Step] = frozenset()
    before: set[Step] = field(default_factory=set)
    last: frozenset[Step] = frozenset()

    def has(self, combinator: str, step: Step) -> bool:
        match combinator:
            case "":
                return True
            case " ":
                return step in self.above
            case ">":
                return step in self.parent
            case "+":
                return step in self.last
            case _:
                return step in self.before


def steps(selector: str) -> list[tuple[str, str]]:
    """The combinators and compounds of ``selector``, in order; none where it is of another kind."""
    found = []
    at = 0
    while at < len(selector):
        step = _STEP.match(selector, at)
        if step is None or (at > 0) != bool(step[1]):
            return []
        found.append((step[1].strip() or (" " if step[1] else ""), step[2]))
        at = step.end()
    return found


def find(tree: "LexborHTMLParser", selectors: list[str]) -> dict[int, list[int]] | None:
    """The places of the ``selectors`` that find an element, by the element's id in memory; None
    where there is too much to look at."""
    ways = [steps(selector) for selector in selectors]
    wanted: dict[str, list[tuple[int, int]]] = {}
    for place, way in enumerate(ways):
        for at, (_, compound) in enumerate(way):
            wanted.setdefault(compound, []).append((place, at))
    nodes = tree.css("*")
    if len(nodes) * len(wanted) > _MAX_VISITS:
        return None
    hits: dict[int, list[tuple[int, int]]] = {}
    count = 0
    for compound, places in wanted.items():
        found = _where(tree, compound)
        count += len(found) * len(places)
        if count > _MAX_HITS:
            return None
        for node in found:
            hits.setdefault(node.mem_id, []).extend(places)
    return _followed(nodes, ways, hits) if hits else {}


def _where(tree: "LexborHTMLParser", compound: str) -> "list[LexborNode]":
    from selectolax.lexbor import SelectolaxError

    try:
        return tree.css(compound)
    except SelectolaxError:
        return []


def _followed(
    nodes: "list[LexborNode]",
    ways: list[list[tuple[str, str]]],
    hits: dict[int, list[tuple[int, int]]],
) -> dict[int, list[int]]:
    """The elements at which a whole way was found."""
    matched: dict[int, list[int]] = {}
    around: dict[int, _Found] = {}
    for node in nodes:
        parent = node.parent
        outside = around.setdefault(parent.mem_id if parent is not None else 0, _Found())
        here = set(_reached(hits.get(node.mem_id, ()), ways, outside))
        ends = [place for place, count in here if count == len(ways[place])]
        if ends:
            matched[node.mem_id] = sorted(ends)
        at = frozenset(here)
        around[node.mem_id] = _Found(outside.above | at if at else outside.above, at)
        outside.before |= at
        outside.last = at
    return matched


def _reached(
    places: Iterable[tuple[int, int]], ways: list[list[tuple[str, str]]], outside: _Found
) -> Iterable[Step]:
    for place, at in places:
        if outside.has(ways[place][at][0], (place, at)):
            yield place, at + 1
