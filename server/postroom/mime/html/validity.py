"""Which values CSS takes: one that it does not know leaves an earlier one as it was (§4.2)."""

import re

from postroom.mime.html.colours import parse_colour

_DISPLAYS = """
none block inline inline-block flex inline-flex grid inline-grid table inline-table table-row
table-cell table-row-group table-header-group table-footer-group table-column table-caption
list-item contents flow-root run-in
"""
_EVERYWHERE = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})
_WORDS = {
    "display": frozenset(_DISPLAYS.split()),
    "visibility": frozenset({"visible", "hidden", "collapse"}),
}
_COLOURS = frozenset({"color", "-webkit-text-fill-color", "background-color"})
_COLOUR_FUNCTION = re.compile(
    r"(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color|color-mix|light-dark|var)\("
)
_SIZED = """
width height max-width max-height min-width min-height left right top bottom margin-left margin-top
margin-inline-start padding-left inset-inline-start text-indent letter-spacing line-height
block-size inline-size max-block-size max-inline-size font-size
"""
_LENGTHS = frozenset(_SIZED.split())
_SIZES = """
auto none normal min-content max-content fit-content xx-small x-small small medium large x-large
xx-large xxx-large smaller larger
"""
_LENGTH_WORDS = frozenset(_SIZES.split())
_NUMBER = r"[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:e[+-]?\d{1,3})?"
_LENGTH = re.compile(rf"{_NUMBER}[a-z%]{{0,5}}")
_SHARE = re.compile(rf"{_NUMBER}%?")
_FUNCTION = re.compile(r"(?:-webkit-)?(?:calc|min|max|clamp|var|env|fit-content)\(")


def is_valid(name: str, value: str) -> bool:
    """Whether the property ``name`` takes ``value``, both in lower case; what is not checked here
    is taken for valid."""
    if value in _EVERYWHERE:
        return True
    if name in _WORDS:
        return value in _WORDS[name] or value.startswith("var(")
    if name in _COLOURS:
        known = value == "currentcolor" or parse_colour(value) is not None
        return known or _COLOUR_FUNCTION.match(value) is not None
    if name == "opacity":
        return bool(_SHARE.fullmatch(value) or _FUNCTION.match(value))
    if name in _LENGTHS:
        negative = name == "font-size" and value.startswith("-")
        return not negative and bool(
            value in _LENGTH_WORDS or _LENGTH.fullmatch(value) or _FUNCTION.match(value)
        )
    return True
