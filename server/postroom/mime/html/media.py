"""Whether what stands in an at-rule holds for a reader at a screen (Media Queries Level 3)."""

import re

_WIDTH = 1000.0
"""Pixels of the screen that a person reads mail at; a phone's styles show the same words."""

_FEATURE = re.compile(
    r"\(\s*(?:(min|max)-(?:device-)?width|prefers-color-scheme)\s*:\s*([\w.]+)\s*\)"
)
_SCREENS = frozenset({"only", "screen", "all", "and"})
_NOT_THESE = (["not", "print"], ["not", "speech"], ["not", "only", "print"])
_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0}
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{0,6})?)([a-z]*)")


def holds_on_screens(rule: str) -> bool:
    """Whether the rules in ``rule`` (such as ``@media screen``) hold: where that is not known, they
    do not, and nothing is hidden by them."""
    name, _, query = rule.lower().partition(" ")
    if name in ("@layer", "@supports"):
        return not query.lstrip().startswith("not")
    return name == "@media" and any(map(_fits, query[:1_000].split(",")))


def _fits(query: str) -> bool:
    if query.split() in _NOT_THESE:
        return True
    features = list(_FEATURE.finditer(query))
    words = _FEATURE.sub(" ", query).split()
    return _SCREENS.issuperset(words) and all(_has(found[1], found[2]) for found in features)


def _has(bound: str | None, value: str) -> bool:
    if bound is None:
        return value == "light"
    found = _LENGTH.fullmatch(value)
    if found is None or (found[2] not in _PIXELS and float(found[1])):
        return False
    pixels = float(found[1]) * _PIXELS.get(found[2], 0.0)
    return pixels <= _WIDTH if bound == "min" else pixels >= _WIDTH
