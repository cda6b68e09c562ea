"""What inline styles and simple rules of style sheets say of an element (CSS 2.1 §4, §6.4).

Only what can hide text is kept. Selectors of one element by its name, its id and its classes are
looked up; others are found in the tree (`selectors`), but for states such as ``:hover``. What
stands in an at-rule counts where it holds for a reader at a screen (`media`). Linear in the length
of what is read: text is cut at its braces and semicolons once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.html.media import holds_on_screens
from postroom.mime.html.selectors import find, steps
from postroom.mime.html.validity import is_valid

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Style = dict[str, str]
"""Values by property, both in lower case; a value that CSS does not know is not there."""

_KEPT = frozenset(
    {
        "display", "visibility", "opacity", "filter", "font", "font-size", "color", "background",
        "background-color", "background-image", "width", "height", "max-width", "max-height",
        "overflow", "overflow-x", "overflow-y", "position", "left", "right", "top", "bottom",
        "margin", "margin-left", "margin-top", "text-indent", "transform", "-webkit-transform",
        "translate", "scale", "clip", "clip-path", "-webkit-clip-path", "content-visibility",
        "-webkit-text-fill-color", "zoom", "rotate", "inset", "margin-inline-start", "padding-left",
        "inset-inline-start", "line-height", "letter-spacing", "font-size-adjust", "text-shadow",
        "block-size", "inline-size", "max-block-size", "max-inline-size", "box-shadow",
        "margin-inline", "inset-block", "inset-inline", "inset-block-start", "inset-block-end",
        "inset-inline-end", "z-index",
    }
)  # fmt: skip

_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|$)")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\r\f]?|([^\n\r\f]))")
_SPACE = re.compile(r"\s+")
_BRACES = re.compile(r"[{}]")
_NAME = r"(?>\\(?:[0-9a-fA-F]{1,6}\s?|[^\n])|[^\s.#:\[\](){}>+~*,\"'=\\])"
_SIMPLE = re.compile(rf"([a-zA-Z][a-zA-Z0-9]{{0,30}})?((?:[.#]{_NAME}{{1,200}}){{0,8}})$")
_PART = re.compile(rf"([.#])({_NAME}+)")
_LINK = re.compile(r"(?<!\\):(?:any-)?link\b")
_SELECTOR = re.compile(r"(?:[^,()]|\([^()]{0,200}\)){1,500}")
_COUNTED = re.compile(r"(#)|([.:\[])|(?:^|[\s>+~])[a-z]", re.IGNORECASE)
"""What a selector's weight counts: ids, what else is said of an element, and names."""

_MAX_OTHERS = 500
"""Rules of more than one element that are followed; a newsletter has a hundred at most."""

_MAX_NAMES = 50
"""Selectors asked for one by one; with more, every element is looked at."""


@lru_cache(maxsize=4096)
def declarations(text: str) -> tuple[Style, Style]:
    """What ``text`` declares that can hide text, and what of that is ``!important``."""
    plain: Style = {}
    important: Style = {}
    for part in _readable(text).split(";"):
        name, colon, value = part.partition(":")
        name = name.strip()
        if not colon or (name not in _KEPT and not name.startswith("--")):
            continue
        value = _SPACE.sub(" ", value).strip()
        value, mark, _ = value.partition("!")
        value = value.strip()
        if value and is_valid(name, value):
            (important if mark else plain)[name] = value
    return plain, important


def _readable(text: str) -> str:
    """``text`` in lower case, without comments and escapes: they hide what is declared."""
    if "/*" in text:
        text = _COMMENT.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    return text.lower()


def _unescaped(found: re.Match[str]) -> str:
    if found[2]:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


@dataclass(slots=True)
class Rule:
    """What a selector says of the elements that it finds."""

    weight: tuple[int, int, int, int]
    """What decides between rules: ids, classes, names, and which came later (CSS 2.1 §6.4.3)."""
    plain: Style
    important: Style


@dataclass(slots=True)
class _Simple:
    """A rule whose selector is of one element."""

    name: str
    classes: frozenset[str]
    ids: frozenset[str]
    rule: Rule

    def fits(self, name: str, identifier: str, classes: frozenset[str]) -> bool:
        return (
            (not self.name or self.name == name)
            and self.classes <= classes
            and self.ids <= {identifier}
        )


@dataclass(slots=True)
class Sheet:
    """The rules of a mail: those of one element by the last thing that their selector
    names, the others by their selector."""

    _rules: dict[str, list[_Simple]] = field(default_factory=dict)
    _others: list[tuple[str, Rule]] = field(default_factory=list)
    _order: int = 0
    _looks: int = 0
    is_followed: bool = True
    """Whether no rule was passed over for being one too many."""

    def names(self) -> list[str]:
        """The selectors that find every element that some rule may speak of."""
        found = {key for key in self._rules if key[0] not in ".#"}
        if any(key[0] == "." for key in self._rules):
            found.add("[class]")
        if any(key[0] == "#" for key in self._rules):
            found.add("[id]")
        return sorted(found) if len(found) <= _MAX_NAMES else ["*"]

    def add(self, text: str) -> None:
        """Take in the rules of one style element."""
        text = _COMMENT.sub("", text).replace("<!--", "").replace("-->", "")
        for selectors, body in _blocks(text):
            plain, important = declarations(body)
            if (plain or important) and self._has_room():
                for selector in _SELECTOR.findall(selectors):
                    self._add(selector.strip(), plain, important)

    def found_in(self, tree: "LexborHTMLParser") -> "list[tuple[LexborNode, tuple[Rule, ...]]]":
        """The elements for which rules of more than one element hold, with those."""
        if not self._others:
            return []
        found = find(tree, [selector for selector, _ in self._others])
        if found is None:
            self.is_followed = False
            return []
        return [(node, tuple(self._others[place][1] for place in places)) for node, places in found]

    def _has_room(self) -> bool:
        self.is_followed = self.is_followed and self._order < bounds.MAX_STYLE_RULES
        return self.is_followed

    def _add(self, selector: str, plain: Style, important: Style) -> None:
        selector = _LINK.sub("[href]", selector)
        found = _SIMPLE.match(selector)
        if not selector:
            return
        self._order += 1
        if found is None:
            self._add_other(selector, plain, important)
            return
        parts = [(mark, _ESCAPE.sub(_unescaped, word)) for mark, word in _PART.findall(found[2])]
        name = (found[1] or "").lower()
        key = "".join(parts[-1]) if parts else name
        rules = self._rules.setdefault(key, [])
        classes = frozenset(word for mark, word in parts if mark == ".")
        ids = frozenset(word for mark, word in parts if mark == "#")
        weight = (len(ids), len(classes), bool(name), self._order)
        rules.append(_Simple(name, classes, ids, Rule(weight, plain, important)))

    def _add_other(self, selector: str, plain: Style, important: Style) -> None:
        if not steps(selector):
            return
        if len(self._others) == _MAX_OTHERS:
            self.is_followed = False
            return
        self._others.append((selector, Rule(_weight(selector, self._order), plain, important)))

    def style(
        self,
        name: str,
        identifier: str | None,
        classes: str | None,
        inline: str | None,
        others: tuple[Rule, ...] = (),
    ) -> Style:
        """What holds for an element: the sheets' rules, ``others`` among them, then its own style,
        then what is important."""
        own, own_important = declarations(inline) if inline else ({}, {})
        if not self._rules and not others:
            return own | own_important if own_important else own
        identifier = identifier or ""
        has = frozenset((classes or "").split())
        keys = [name, *(f".{word}" for word in has), *([f"#{identifier}"] if identifier else [])]
        simple = [rule for key in keys for rule in self._rules.get(key, ())]
        self._looks += len(simple)
        if self._looks > bounds.MAX_RULE_LOOKS:
            self.is_followed = False
            return own | own_important
        rules = [one.rule for one in simple if one.fits(name, identifier, has)]
        rules += others
        if not rules:
            return own | own_important if own_important else own
        rules.sort(key=lambda rule: rule.weight)
        style: Style = {}
        for rule in rules:
            style |= rule.plain
        style |= own
        for rule in rules:
            style |= rule.important
        return style | own_important


def _weight(selector: str, order: int) -> tuple[int, int, int, int]:
    counted = [(bool(found[1]), bool(found[2])) for found in _COUNTED.finditer(selector)]
    ids = sum(is_id for is_id, _ in counted)
    others = sum(is_other for _, is_other in counted)
    return ids, others, len(counted) - ids - others, order


def _blocks(text: str) -> Iterable[tuple[str, str]]:
    """The selectors and the declarations of each rule that holds for a reader at a screen."""
    position = depth = skipped = 0
    selectors = ""
    for brace in _BRACES.finditer(text):
        before = text[position : brace.start()]
        position = brace.end()
        if brace[0] == "}":
            if selectors and not skipped:
                yield selectors, before
            selectors = ""
            depth = max(0, depth - 1)
            skipped = 0 if depth < skipped else skipped
            continue
        depth += 1
        before = before.rpartition(";")[2].strip()
        if before.startswith("@"):
            skipped = skipped or (0 if holds_on_screens(before) else depth)
            selectors = ""
        else:
            selectors = before
