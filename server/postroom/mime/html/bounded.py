"""HTML that a parser and a converter can be given: where they are not linear, it is made so.

    a tag with attributes without end   its element is hidden    the parser compares each pair
    select, option, optgroup            their words and style    the parser looks at all open ones
    elements nested without end         not read at all          the parser, at each end tag
    quotes and lists in one another     the inner ones go        the converter indents each line

Tags are found as the standard's tokenizer finds them (HTML §13.2.5), in one pass.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.mime import bounds

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_ATTRIBUTE = (
    r"[\s/]*+[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+"
)
TAG = re.compile(
    rf"<(/?)([a-zA-Z][^\s/>]*+)((?:{_ATTRIBUTE})*+)[\s/]*+>?"
    r"|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?",
    re.DOTALL,
)
"""A tag, or a comment, in which none is."""

_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}
"""Elements whose content is text up to their end tag."""

_ATTRIBUTES = re.compile(_ATTRIBUTE)

_CHOICES = {"select": 0, "optgroup": 1, "option": 2}
"""Elements of which one ends those of its level and below that are open."""

_STYLED = re.compile(r"\b(?:style|class|id|hidden)\b", re.IGNORECASE)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "tfoot"}
    | {"a", "button", "form", "nobr"}
)
"""Elements that do not nest by being left open: they have no end tag, or need none, or the next one
ends them."""

_INDENTING = ("blockquote", "ul", "ol", "dl", "dd", "li")
_OPENS_INDENTING = re.compile(r"<(?:blockquote|[uod]l|dd|li)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounded:
    """HTML to be parsed, and how deep elements are nested in it at most: an estimate from above."""

    html: str
    depth: int


def bounded(html: str) -> Bounded:
    """``html`` without what a parser would take long for. Linear."""
    nesting = _Nesting()
    kept: list[str] = []
    choices = _Choices(html)
    position = at = 0
    while (tag := TAG.search(html, at)) is not None:
        at = tag.end()
        if tag[2] is None:
            continue
        name = tag[2].lower()
        instead = _instead(name, tag[3])
        if name in _CHOICES:
            instead = choices.instead(tag, tag[3] if instead is None else " hidden")
        if instead is not None:
            kept += (html[position : tag.start()], instead)
            position = at
        if name in _RAW and not tag[1]:
            end = _RAW[name].search(html, at)
            at = end.start() if end is not None else len(html)
        if name in _VOID or name in _CHOICES or (":" in name and tag[0].endswith("/>")):
            continue
        nesting.take(name, is_end=bool(tag[1]))
    kept.append(html[position:])
    return Bounded("".join(kept), nesting.deepest + choices.left_open)


class _Nesting:
    """How deep elements are nested, from above: an end tag ends one element, of its name and since
    the last table that is open; a parser passes over others."""

    def __init__(self) -> None:
        self._tables: list[dict[str, int]] = [{}]
        """The elements that are open, by name: since each table."""
        self._depth = 0
        self.deepest = 0

    def take(self, name: str, *, is_end: bool) -> None:
        """Go on by a start tag or an end tag."""
        around = self._tables[-1]
        if not is_end:
            around[name] = around.get(name, 0) + 1
            self._depth += 1
            self.deepest = max(self.deepest, self._depth)
            if name == "table":
                self._tables.append({})
        elif name == "table" and len(self._tables) > 1:
            self._depth -= 1 + sum(self._tables.pop().values())
            self._tables[-1]["table"] -= 1
        elif around.get(name):
            around[name] -= 1
            self._depth -= 1


class _Choices:
    """Spans in the place of a field's choices, where a style may speak of them: what it hides is
    hidden. A span that holds more than words may be left open by the parser, and is counted."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._open: list[int] = []
        self._end = 0
        self._is_plain = True
        self.left_open = 0

    def instead(self, tag: re.Match[str], attributes: str) -> str:
        """What stands in the place of ``tag``, of which the element has ``attributes``."""
        level = _CHOICES[tag[2].lower()]
        if self._open:
            self._is_plain &= self._html.find("<", self._end, tag.start()) < 0
        self._end = tag.end()
        ended = sum(one >= level for one in self._open)
        del self._open[len(self._open) - ended :]
        self.left_open += 0 if self._is_plain else ended
        self._is_plain |= not self._open
        out = "</span>" * ended + " "
        if tag[1] or not _STYLED.search(attributes):
            return out
        self._open.append(level)
        return f"{out}<span{attributes}>"


def _instead(name: str, attributes: str) -> str | None:
    """What stands in a tag's place; None where it stays."""
    if len(attributes) <= 2 * bounds.MAX_ATTRIBUTES:
        return None
    if sum(1 for _ in _ATTRIBUTES.finditer(attributes)) <= bounds.MAX_ATTRIBUTES:
        return None
    return f"<{name} hidden>"


def flatten(tree: "LexborHTMLParser", html: str) -> None:
    """Take out of ``tree`` what a converter to text would make far more of than there is."""
    if sum(1 for _ in _OPENS_INDENTING.finditer(html)) > bounds.MAX_INDENTS:
        _unnest(tree)


def _unnest(tree: "LexborHTMLParser") -> None:
    """Quotes and lists inside so many of one another are one with what is around them."""
    levels: dict[int, int] = {}
    deep = []
    for node in tree.css("*"):
        above = node.parent
        level = levels.get(above.mem_id, 0) if above is not None else 0
        if node.tag in _INDENTING:
            level += 1
            if level > bounds.MAX_INDENTS:
                deep.append(node)
        levels[node.mem_id] = level
    for node in deep:
        node.unwrap()
