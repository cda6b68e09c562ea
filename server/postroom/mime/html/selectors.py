"""Which elements the selectors of more than one element, or of states of a tree, find.

What is said of one element (`td.a[width="0"]:not(.b)`) is found by the library; what lies between
two (`.a .b`, `.a > .b`, `.a + .b`, `.a ~ .b`) is followed here, because the library tries every
way up and is exponential in it. Each element is passed once, in document order, with what was found
above and before it: linear in elements and steps. Selectors Level 4 §3.1, §15.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_MAX_VISITS = 20_000_000
"""Elements looked at for all compounds; it takes half a second. A newsletter has a hundred
thousand."""

_MAX_HITS = 300_000
"""Places that elements may take in a selector, all counted; each costs a step of our own."""

_MAX_STEPS = 3_000
"""Compounds of all selectors: what was found is kept as a bit for each."""

_MAX_COUNTED = 5_000
"""Elements among which the library may count siblings: it counts them anew for each."""

_COUNTING = re.compile(r":(?:nth|last|only|first-of)")

_COMPOUND = (
    r"(?:[\w*.#-]|\[[^\[\]()]{1,100}\]|:root|:(?:not|is|where)\([^():]{1,100}\)"
    r"|:(?:first|last|only|nth|empty)[a-z-]{0,20}(?:\([\w+ -]{1,20}\))?)"
)
_STEP = re.compile(rf"(^|\s*[>+~]\s*|\s+)({_COMPOUND}{{1,200}})")


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound of a selector: what stands before it, and what it is for."""

    combinator: str
    before: int
    """The bit of the step before; 0 for the first."""
    bit: int
    ends: int
    """The place of the selector that ends here; -1 where it goes on."""


@dataclass(slots=True)
class _Open:
    """An element whose children are passed: the bits of steps found at and around it."""

    id: int
    above: int = 0
    """At it, or above it."""
    at: int = 0
    before: int = 0
    """At those of its children that were passed."""
    last: int = 0
    """At the last one of them."""

    def has(self, step: _Step) -> bool:
        """Whether a child may take ``step``, by what is around it."""
        match step.combinator:
            case "":
                return True
            case " ":
                return bool(self.above & step.before)
            case ">":
                return bool(self.at & step.before)
            case "+":
                return bool(self.last & step.before)
            case _:
                return bool(self.before & step.before)


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


def find(
    tree: "LexborHTMLParser", selectors: list[str]
) -> "list[tuple[LexborNode, list[int]]] | None":
    """The elements that any of the ``selectors`` finds, with the places of those that do; None
    where there is too much to look at."""
    wanted = _wanted(selectors)
    nodes = tree.css("*")
    if sum(map(len, wanted.values())) > _MAX_STEPS or len(nodes) * len(wanted) > _MAX_VISITS:
        return None
    if len(nodes) > _MAX_COUNTED and any(map(_COUNTING.search, wanted)):
        return None
    hits: dict[int, list[_Step]] = {}
    left = _MAX_HITS
    for compound, taking in wanted.items():
        found = _where(tree, compound)
        left -= len(found) * len(taking)
        if left < 0:
            return None
        for node in found:
            hits.setdefault(node.mem_id, []).extend(taking)
    return _followed(nodes, hits) if hits else []


def _wanted(selectors: list[str]) -> dict[str, list[_Step]]:
    """The steps that an element may take, by the compound that finds it."""
    wanted: dict[str, list[_Step]] = {}
    bit = 1
    for place, selector in enumerate(selectors):
        way, before = steps(selector), 0
        for at, (combinator, compound) in enumerate(way):
            ends = place if at == len(way) - 1 else -1
            wanted.setdefault(compound, []).append(_Step(combinator, before, bit, ends))
            before, bit = bit, bit << 1
    return wanted


def _where(tree: "LexborHTMLParser", compound: str) -> "list[LexborNode]":
    from selectolax.lexbor import SelectolaxError

    try:
        return tree.css(compound)
    except SelectolaxError:
        return []


def _followed(
    nodes: "list[LexborNode]", hits: dict[int, list[_Step]]
) -> "list[tuple[LexborNode, list[int]]]":
    """The elements at which a whole way was found. ``nodes`` stand in document order, so that only
    what is open has to be kept."""
    matched = []
    opened = [_Open(0)]
    for node in nodes:
        parent = node.parent.mem_id if node.parent is not None else 0
        while len(opened) > 1 and opened[-1].id != parent:
            opened.pop()
        outside = opened[-1]
        taken = [step for step in hits.get(node.mem_id, ()) if outside.has(step)]
        ends = [step.ends for step in taken if step.ends >= 0]
        if ends:
            matched.append((node, sorted(ends)))
        at = 0
        for step in taken:
            at |= step.bit
        outside.before |= at
        outside.last = at
        opened.append(_Open(node.mem_id, outside.above | at, at))
    return matched
