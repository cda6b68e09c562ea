"""What inline styles and simple rules of style sheets say of an element (CSS 2.1 §4, §6.4).

Only what can hide text is kept. Selectors are those of one element: its name, its id, its classes,
or several of these together. Others (descendants, states) are passed over, and so is what stands
in an at-rule, except for ``@media all`` and ``@media screen``. Linear in the length of what is
read: text is cut at its braces and semicolons once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

Style = dict[str, str]
"""Values by property, both in lower case; a value that CSS does not know is not there."""

_KEPT = frozenset(
    {
        "display", "visibility", "opacity", "filter", "font", "font-size", "color", "background",
        "background-color", "background-image", "width", "height", "max-width", "max-height",
        "overflow", "overflow-x", "overflow-y", "position", "left", "right", "top", "bottom",
        "margin", "margin-left", "margin-top", "text-indent", "transform", "-webkit-transform",
        "translate", "scale", "clip", "clip-path", "-webkit-clip-path", "content-visibility",
        "-webkit-text-fill-color",
    }
)  # fmt: skip

_DISPLAYS = """
none block inline inline-block flex inline-flex grid inline-grid table inline-table table-row
table-cell table-row-group table-header-group table-footer-group table-column table-caption
list-item contents flow-root initial inherit unset revert run-in
"""
_VISIBILITIES = """
visible hidden collapse initial inherit unset revert
"""
_KNOWN = {
    "display": frozenset(_DISPLAYS.split()),
    "visibility": frozenset(_VISIBILITIES.split()),
}

_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|$)")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\r\f]?|([^\n\r\f]))")
_SPACE = re.compile(r"\s+")
_BRACES = re.compile(r"[{}]")
_SIMPLE = re.compile(r"([a-zA-Z][a-zA-Z0-9]{0,30})?((?:[.#]-?[\w-]{1,200}){0,8})$")
_PART = re.compile(r"([.#])([\w-]+)")

_MAX_ALIKE = 50
"""Rules looked at for one class, id or name: a sheet can repeat it without end."""


@lru_cache(maxsize=4096)
def declarations(text: str) -> tuple[Style, Style]:
    """What ``text`` declares that can hide text, and what of that is ``!important``."""
    plain: Style = {}
    important: Style = {}
    for part in _readable(text).split(";"):
        name, colon, value = part.partition(":")
        name = name.strip()
        if not colon or name not in _KEPT:
            continue
        value = _SPACE.sub(" ", value).strip()
        value, mark, _ = value.partition("!")
        value = value.strip()
        if value and value in _KNOWN.get(name, (value,)):
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
class _Rule:
    """What a selector of one element says."""

    name: str
    classes: frozenset[str]
    ids: frozenset[str]
    plain: Style
    important: Style
    order: int

    def weight(self) -> tuple[int, int, int, int]:
        return len(self.ids), len(self.classes), bool(self.name), self.order

    def fits(self, name: str, identifier: str, classes: frozenset[str]) -> bool:
        return (
            (not self.name or self.name == name)
            and self.classes <= classes
            and self.ids <= {identifier}
        )


@dataclass(slots=True)
class Sheet:
    """The rules of a mail's style sheets, by the last thing that their selector names."""

    _rules: dict[str, list[_Rule]] = field(default_factory=dict)
    _order: int = 0

    def names(self) -> list[str]:
        """The selectors that find every element that some rule may speak of."""
        found = {key for key in self._rules if key[0] not in ".#"}
        if any(key[0] == "." for key in self._rules):
            found.add("[class]")
        if any(key[0] == "#" for key in self._rules):
            found.add("[id]")
        return sorted(found)

    def add(self, text: str) -> None:
        """Take in the rules of one style element."""
        text = _COMMENT.sub("", text).replace("<!--", "").replace("-->", "")
        for selectors, body in _blocks(text):
            plain, important = declarations(body)
            if plain or important:
                for selector in selectors.split(","):
                    self._add(selector.strip(), plain, important)

    def _add(self, selector: str, plain: Style, important: Style) -> None:
        found = _SIMPLE.match(_ESCAPE.sub(_unescaped, selector))
        if found is None or not selector:
            return
        parts = _PART.findall(found[2])
        name = (found[1] or "").lower()
        key = "".join(parts[-1]) if parts else name
        rules = self._rules.setdefault(key, [])
        self._order += 1
        if len(rules) < _MAX_ALIKE:
            classes = frozenset(word for mark, word in parts if mark == ".")
            ids = frozenset(word for mark, word in parts if mark == "#")
            rules.append(_Rule(name, classes, ids, plain, important, self._order))

    def style(
        self, name: str, identifier: str | None, classes: str | None, inline: str | None
    ) -> Style:
        """What holds for an element: the sheets' rules, then its own style, then what is
        important."""
        own, own_important = declarations(inline) if inline else ({}, {})
        if not self._rules:
            return own | own_important if own_important else own
        identifier = identifier or ""
        has = frozenset((classes or "").split())
        keys = [name, *(f".{word}" for word in has), *([f"#{identifier}"] if identifier else [])]
        rules = [rule for key in keys for rule in self._rules.get(key, ())]
        rules = [rule for rule in rules if rule.fits(name, identifier, has)]
        if not rules:
            return own | own_important if own_important else own
        rules.sort(key=_Rule.weight)
        style: Style = {}
        for rule in rules:
            style |= rule.plain
        style |= own
        for rule in rules:
            style |= rule.important
        return style | own_important


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
            skipped = skipped or (0 if _is_for_screens(before) else depth)
            selectors = ""
        else:
            selectors = before


def _is_for_screens(rule: str) -> bool:
    words = rule.lower().split()
    return words in (["@media", "screen"], ["@media", "all"], ["@media", "only", "screen"])
