"""Whether what stands in an at-rule holds for a reader at a screen (Media Queries Levels 3, 4)."""

import re

_SCREEN = {
    "width": 1000.0,
    "height": 800.0,
    "device-width": 1000.0,
    "device-height": 800.0,
    "color": 8.0,
    "monochrome": 0.0,
    "resolution": 96.0,
    "-webkit-device-pixel-ratio": 1.0,
}
"""What a person reads mail at, in pixels, bits, and dots an inch; a phone's styles show the same
words."""

_STATES = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "hover": "hover",
    "pointer": "fine",
    "any-hover": "hover",
    "any-pointer": "fine",
}
_TYPES = {"screen": True, "all": True, "print": False, "speech": False}
_UNITS = {"px": 1.0, "em": 16.0, "rem": 16.0, "dpi": 1.0, "dppx": 96.0, "x": 96.0}

_BRACKETS = re.compile(r"\(([^()]{0,100})\)")
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{0,6})?)([a-z]*)")
_COMPARED = re.compile(r"(.*?)\s*([<>]=?|=)\s*(.*)")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def holds_on_screens(rule: str) -> bool:
    """Whether the rules in ``rule`` (such as ``@media screen``) hold: where that is not known, they
    do not, and nothing is hidden by them."""
    name, _, query = rule.lower().partition(" ")
    if name in ("@layer", "@supports"):
        return not query.lstrip().startswith("not")
    is_media = name.partition("(")[0] == "@media"
    return is_media and any(map(_fits, rule.lower()[len("@media") : 1_000].split(",")))


def _fits(query: str) -> bool | None:
    """Whether ``query`` holds; None where that is not known."""
    features = [_has(found[1].strip()) for found in _BRACKETS.finditer(query)]
    words = [word for word in _BRACKETS.sub(" ", query).split() if word not in ("and", "only")]
    is_not = words[:1] == ["not"]
    types = words[is_not:]
    if not _TYPES.keys() >= set(types) or (words and not types and not features):
        return None
    parts = [*features, *(_TYPES[word] for word in types)]
    if False in parts:
        return is_not
    return None if None in parts else not is_not


def _has(feature: str) -> bool | None:
    name, colon, value = map(str.strip, feature.partition(":"))
    if colon and name in _STATES:
        return _STATES[name] == value
    if colon:
        bound, _, rest = name.replace("-webkit-m", "m", 1).partition("-")
        sized = "-webkit-" + rest if rest == "device-pixel-ratio" else rest
        sign = {"min": ">=", "max": "<="}.get(bound)
        return _is(_SCREEN.get(sized if sign else name), sign or "=", value)
    if name in _SCREEN:
        return _SCREEN[name] > 0
    return _in_range(feature)


def _in_range(feature: str) -> bool | None:
    """A feature that is written as a comparison: ``width >= 1px``, ``1px < width < 9px``."""
    found = _COMPARED.fullmatch(feature)
    if found is None:
        return None
    left, sign, right = found.groups()
    if left in _SCREEN:
        return _is(_SCREEN[left], sign, right)
    again = _COMPARED.fullmatch(right)
    name = again[1] if again is not None else right
    lower = _is(_SCREEN.get(name), _TURNED[sign], left)
    upper = _is(_SCREEN.get(name), again[2], again[3]) if again is not None else True
    if lower is None or upper is None:
        return None
    return lower and upper


def _is(size: float | None, sign: str, value: str) -> bool | None:
    found = _LENGTH.fullmatch(value)
    if size is None or found is None:
        return None
    unit = _UNITS.get(found[2], 1.0 if not found[2] else 0.0)
    bound = float(found[1]) * unit
    if not unit and float(found[1]):
        return None
    less, more = size < bound, size > bound
    return {"<": less, ">": more, "<=": not more, ">=": not less}.get(sign, not less and not more)
