"""Lengths of CSS in pixels, and the calls that stand in its values."""

import re

_UNITS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78}
_RELATIVE = {"em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 10.0, "vh": 8.0, "%": 10.0}

_NUMBER = r"[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:e[+-]?\d{1,3})?"
LENGTH = re.compile(rf"({_NUMBER})([a-z%]{{0,4}})")
FONT_SIZE = re.compile(rf"(?:^|[\s])({_NUMBER}[a-z%]{{0,4}})(?:\s|/|$)")
CALL = re.compile(r"([a-z0-9-]{1,20})\(([^()]{0,200})\)")
"""A function and what stands in its brackets, such as ``blur(2px)``."""


def length_of(value: str) -> tuple[float, str] | None:
    """The number and the unit that ``value`` begins with."""
    found = LENGTH.match(value)
    return (float(found[1]), found[2]) if found is not None else None


def pixels(value: str) -> float | None:
    """A length in pixels; None where ``value`` is none. What is relative is taken as it is at the
    usual sizes."""
    length = length_of(value)
    if length is None:
        return None
    number, unit = length
    return number * (_UNITS.get(unit) or _RELATIVE.get(unit, 1.0))
