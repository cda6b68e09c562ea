"""Style sheets and styles that fetch nothing (CSS Syntax 3), for HTML that does nothing.

    @media, @supports …    stay, with what is inside made so
    other at-rules         go: @import and @font-face load, and the rest tells no mail's look
    a value                stays by what it is made of: what is no plain word, number, string or
                           function of the list below becomes ``none``

What is not understood goes, too. Read by tinycss2, as a browser would: comments and escapes hide
nothing from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Node = Any
"""A piece of a style, as tinycss2 has it; it publishes no types."""

MAX_CHARS = 400_000
"""Of all styles of a mail. A newsletter has some tens of thousands; what is beyond is left out, as
reading it takes a second a million."""

MAX_DEPTH = 8
"""Of rules in rules, and of functions in functions."""

_GROUPS = frozenset({"media", "supports", "layer", "container", "keyframes", "-webkit-keyframes"})
"""At-rules that hold rules, and load nothing themselves."""

_PLAIN = frozenset(
    {"ident", "number", "percentage", "dimension", "string", "hash", "literal", "whitespace"}
)
"""Parts of a value that nothing follows from: a string is an address only in a function or an
at-rule that takes it for one."""

_FUNCTIONS = frozenset(
    {"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix"}
    | {"light-dark", "calc", "min", "max", "clamp", "var", "linear-gradient", "radial-gradient"}
    | {"conic-gradient", "repeating-linear-gradient", "repeating-radial-gradient", "translate"}
    | {"-webkit-linear-gradient", "-moz-linear-gradient", "-o-linear-gradient", "translatex"}
    | {"translatey", "translate3d", "scale", "scalex", "scaley", "rotate", "skew", "matrix"}
    | {"cubic-bezier", "steps", "rect", "inset", "circle", "ellipse", "polygon", "blur"}
    | {"brightness", "contrast", "grayscale", "opacity", "saturate", "sepia", "drop-shadow"}
    | {"counter", "repeat", "minmax", "fit-content"}
)
"""Functions that say how something looks, from what is in their brackets alone."""

_IN_SELECTORS = frozenset({"not", "is", "where", "has", "lang", "dir", "nth-child", "nth-of-type"})

_OF_PARTS = {"function": "arguments", "() block": "content", "[] block": "content"}


@dataclass(slots=True)
class InertStyles:
    """The styles of one mail."""

    remote: int = 0
    """How many things of elsewhere they asked for."""
    left: int = MAX_CHARS
    _known: dict[str, str] = field(default_factory=dict)

    def sheet(self, text: str) -> str:
        """What is left of a style element."""
        return self._within(text, self._sheet)

    def style(self, text: str) -> str:
        """What is left of a style attribute. Many elements share one."""
        if text not in self._known:
            self._known[text] = self._within(text, self._style)
        return self._known[text]

    def _within(self, text: str, made: Callable[[str], str]) -> str:
        self.left -= len(text)
        if self.left < 0:
            return ""
        try:
            return made(text)
        except RecursionError:  # no mail's look needs so many brackets
            return ""

    def _sheet(self, text: str) -> str:
        import tinycss2

        text = text.replace("<!--", " ").replace("-->", " ")
        found = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        return self._rules(found, 0)

    def _style(self, text: str) -> str:
        import tinycss2

        found = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
        kept = (self._declaration(each) for each in found if each.type == "declaration")
        return " ".join(filter(None, kept))

    def _rules(self, rules: Iterable[Node], depth: int) -> str:
        return "\n".join(filter(None, (self._rule(each, depth) for each in rules)))

    def _rule(self, rule: Node, depth: int) -> str:
        if depth > MAX_DEPTH:
            return ""
        if rule.type == "declaration":
            return self._declaration(rule)
        if rule.type == "qualified-rule":
            return self._qualified(rule, depth)
        return self._at_rule(rule, depth) if rule.type == "at-rule" else ""

    def _at_rule(self, rule: Node, depth: int) -> str:
        if rule.lower_at_keyword not in _GROUPS or rule.content is None:
            self.remote += rule.lower_at_keyword in ("import", "font-face")
            return ""
        return self._block(f"@{rule.lower_at_keyword} ", rule, depth)

    def _qualified(self, rule: Node, depth: int) -> str:
        return self._block("", rule, depth)

    def _block(self, begins: str, rule: Node, depth: int) -> str:
        """A rule with what stays of its block; nothing where nothing does."""
        import tinycss2

        if not _says_where(rule.prelude):
            return ""
        inside = tinycss2.parse_blocks_contents(rule.content, True, True)
        kept, where = self._rules(inside, depth + 1), tinycss2.serialize(rule.prelude).strip()
        return f"{begins}{where} {{ {kept} }}" if kept and "<" not in where else ""

    def _declaration(self, one: Node) -> str:
        import tinycss2

        value = self._value(one.value, 0)
        said = tinycss2.serialize(value).strip() if value is not None else ""
        # A string or an escape could end the element in which it stands.
        if not said or "<" in f"{one.name}{said}":
            return ""
        from tinycss2.serializer import (
            serialize_identifier,
        )

        mark = " !important" if one.important else ""
        return f"{serialize_identifier(one.name)}: {said}{mark};"

    def _value(self, parts: Iterable[Node], depth: int) -> list[Node] | None:
        """The parts of a value that stay; None where it is not understood."""
        kept: list[Node] = []
        for part in parts:
            found = self._part(part, depth)
            if found is None:
                return None
            kept.append(found)
        return kept

    def _part(self, part: Node, depth: int) -> Node | None:
        from tinycss2.ast import IdentToken

        if part.type in _PLAIN:
            return part
        nothing = IdentToken(part.source_line, part.source_column, "none")
        if part.type == "url" or (part.type == "function" and part.lower_name not in _FUNCTIONS):
            self.remote += _is_remote(part)
            return nothing
        if depth >= MAX_DEPTH or (within := _OF_PARTS.get(part.type)) is None:
            return None
        inside = self._value(getattr(part, within), depth + 1)
        if inside is None:
            return None
        setattr(part, within, inside)
        return part


def _says_where(parts: Iterable[Node], depth: int = 0) -> bool:
    """Whether what stands before a block are selectors or conditions, which fetch nothing."""
    for part in parts:
        kind, named = part.type, getattr(part, "lower_name", "")
        if kind in _PLAIN or kind == "comment":
            continue
        if kind not in _OF_PARTS or depth >= MAX_DEPTH:
            return False
        if kind == "function" and named not in _IN_SELECTORS | _FUNCTIONS:
            return False
        if not _says_where(getattr(part, _OF_PARTS[kind]), depth + 1):
            return False
    return True


def _is_remote(part: Node) -> bool:
    """Whether a part that goes asked for something of elsewhere, as far as that can be told."""
    if part.type == "url":
        said = part.value
    else:
        said = next((each.value for each in part.arguments if each.type == "string"), "elsewhere")
    return not said.strip().lower().startswith(("cid:", "data:", "#"))
