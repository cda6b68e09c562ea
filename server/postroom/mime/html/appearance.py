"""How an element of HTML appears: the size and colour of its letters on their background, and
whether its style hides all that is inside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from postroom.mime.html.colours import BLACK, WHITE, Colour, parse_colour
from postroom.mime.html.styles import Style, declarations

_READABLE = 2.0
"""Pixels of a letter's height below which nobody reads it."""

_OFF_SCREEN = -300.0
"""Pixels to the left or above from where nothing is seen."""

_FAR = 3000.0
"""Pixels to the right or below from where nothing is seen."""

_SHARP = 0.06
"""Opacity from which something is read."""

_NORMAL = 16.0
"""Pixels of a letter's height where nothing is said."""

_UNITS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78}
_RELATIVE = {"em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 10.0, "vh": 8.0, "%": 10.0}

_LENGTH = re.compile(r"(-?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12}))([a-z%]{0,4})")
_FONT_SIZE = re.compile(r"(?:^|[\s])((?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})[a-z%]{0,4})(?:\s|/|$)")
_CALL = re.compile(r"([a-z0-9]{1,20})\(([^()]{0,200})\)")
_TRANSFORMS = ("transform", "-webkit-transform")
_INHERITED = frozenset(
    {"visibility", "color", "font", "font-size", "background", "background-color"}
)  # fmt: skip
"""Properties that hide letters and not all that is inside: most styles have no others."""

_HIDDEN_OVERFLOW = frozenset({"hidden", "clip"})
_SAME = frozenset({"inherit", "currentcolor", "unset", "revert"})


@dataclass(slots=True)
class Appearance:
    """What is known of an element. A colour of None is one that cannot be judged."""

    size: float = _NORMAL
    colour: Colour | None = BLACK
    background: Colour | None = WHITE
    visible: bool = True
    opacity: float = 1.0
    variables: Style = field(default_factory=dict)
    """Custom properties that hold here."""
    hides: bool = False
    """Its own style hides all that is inside."""
    gone: bool = False
    """Something around it is hidden with all that it holds."""

    @property
    def only_colour(self) -> bool:
        """Whether nothing but the colour keeps its letters from being read."""
        return self.visible and self.size >= _READABLE

    @property
    def lost(self) -> bool:
        """Whether letters that stand directly in it are not seen."""
        if not self.only_colour:
            return True
        if self.colour is None or self.background is None:
            return False
        return self.colour.is_lost_on(self.background)


def within(above: Appearance) -> Appearance:
    """How an element appears of which no style speaks."""
    return replace(above, hides=False, gone=above.gone or above.hides)


def inherited(
    above: Appearance, tag: str, style: Style, attributes: Mapping[str, str | None]
) -> Appearance:
    """How an element appears whose surroundings look like ``above``."""
    look = within(above)
    if tag == "a" and "href" in attributes:
        look.colour = None
    shown = style.get("visibility")
    if shown and shown not in _SAME:
        look.visible = shown not in ("hidden", "collapse")
    look.size = _size(above.size, style)
    look.opacity *= _opacity(style)
    look.background = _background(above.background, style, attributes)
    look.colour = _colour(look.colour, style, attributes)
    return look


def _size(above: float, style: Style) -> float:
    value = style.get("font-size", "")
    if not value and "font" in style:
        found = _FONT_SIZE.search(style["font"])
        value = found[1] if found else ""
    length = _length(value)
    if length is None:
        return above if value in ("", *_SAME) else _NORMAL
    number, unit = length
    if unit in ("em", "%", "ex"):
        return above * number / (100 if unit == "%" else 2 if unit == "ex" else 1)
    return number * (_UNITS.get(unit) or _RELATIVE.get(unit, 1.0))


def _colour(
    above: Colour | None, style: Style, attributes: Mapping[str, str | None]
) -> Colour | None:
    value = style.get("-webkit-text-fill-color") or style.get("color")
    if value is None:
        value = (attributes.get("color") or "").lower()
    if not value or value in _SAME:
        return above
    found = parse_colour(value)
    # A value of CSS that cannot be read (a variable, a newer function) is not judged.
    return found if found is not None or "(" in value else above


def _background(
    above: Colour | None, style: Style, attributes: Mapping[str, str | None]
) -> Colour | None:
    image = style.get("background-image", "none")
    if attributes.get("background") or image not in ("none", "initial", "inherit"):
        return None
    value = style.get("background-color") or style.get("background")
    if value is None:
        value = (attributes.get("bgcolor") or "").lower()
    if not value:
        return above
    if "url(" in value or "gradient" in value or "var(" in value:
        return None
    found = next(filter(None, map(parse_colour, (value, *value.split(" ")))), None)
    if found is None or found.opacity <= 0:
        return above
    if found.opacity >= 1:
        return found
    return found.over(above) if above is not None else None


def hides_all(
    look: Appearance, tag: str, style: Style, attributes: Mapping[str, str | None]
) -> bool:
    """Whether an element that looks like ``look`` hides all that is inside it, whatever is said
    there."""
    if look.opacity < _SHARP:
        return True
    if "hidden" in attributes and style.get("display", "none") == "none":
        return True
    if tag == "dialog" and "open" not in attributes:
        return True
    if _INHERITED.issuperset(style):
        return False
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or _length(style.get("zoom", "")) == (0.0, "")
        or _has_no_room(style)
        or _is_off_screen(style)
        or _is_clipped(style)
        or any(_transforms_away(style[name]) for name in _TRANSFORMS if name in style)
    )


def is_dot(attributes: Mapping[str, str | None]) -> bool:
    """Whether an image is a dot that nobody sees, such as one that counts readers: so are its
    words."""
    sizes = [_pixels((attributes.get(name) or "").strip()) for name in ("width", "height")]
    styled = declarations(attributes.get("style") or "")[0]
    sizes += [_pixels(styled.get(name, "")) for name in ("width", "height")]
    return any(size is not None and size <= 1 for size in sizes)


def _opacity(style: Style) -> float:
    value = style.get("opacity", "")
    if not value and "filter" in style:
        found = _CALL.search(style["filter"])
        value = found[2] if found is not None and found[1] == "opacity" else ""
    length = _length(value)
    if length is None:
        return 1.0
    return min(1.0, length[0] / (100 if length[1] == "%" else 1))


def _has_no_room(style: Style) -> bool:
    """Whether its size is nothing, and what is beyond it is cut off or cannot be."""
    tall = [_pixels(style[name]) for name in ("height", "max-height") if name in style]
    wide = [_pixels(style[name]) for name in ("width", "max-width") if name in style]
    flat = any(size is not None and size <= 1 for size in tall)
    narrow = any(size is not None and size <= 1 for size in wide)
    if not flat and not narrow:
        return False
    overflow = " ".join(style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    return not _HIDDEN_OVERFLOW.isdisjoint(overflow.split()) or (0.0 in tall and 0.0 in wide)


def _is_off_screen(style: Style) -> bool:
    moved = [style[name] for name in ("margin-left", "margin-top", "text-indent") if name in style]
    moved += [part for name in ("margin", "translate") for part in style.get(name, "").split()]
    if style.get("position", "static") not in ("static", "initial", "inherit"):
        moved += [style[name] for name in ("left", "right", "top", "bottom") if name in style]
    return style.get("scale") == "0" or any(map(_is_away, moved))


def _is_away(value: str) -> bool:
    length, pixels = _length(value), _pixels(value)
    if length is None or pixels is None:
        return False
    beyond = length[1] in ("vw", "vh") and abs(length[0]) >= 100
    return beyond or pixels <= _OFF_SCREEN or pixels >= _FAR


def _is_clipped(style: Style) -> bool:
    if "clip" in style and style.get("position") in ("absolute", "fixed"):
        found = _CALL.match(style["clip"])
        if found is not None and found[1] == "rect":
            sides = [float(number) for number, _ in _LENGTH.findall(found[2])]
            if len(sides) == 4 and max(sides) <= 1:
                return True
    found = _CALL.search(style.get("clip-path") or style.get("-webkit-clip-path") or "")
    if found is None:
        return False
    numbers = _LENGTH.findall(found[2])
    if found[1] == "inset":
        return bool(numbers) and numbers[0][1] == "%" and float(numbers[0][0]) >= 50
    return bool(numbers) and all(float(number) == 0 for number, _ in numbers)


def _transforms_away(value: str) -> bool:
    for name, inner in _CALL.findall(value[:1_000]):
        numbers = _LENGTH.findall(inner)
        if name.startswith("translate") and any(_is_moved_away(*number) for number in numbers):
            return True
        if name.startswith("scale") and any(abs(float(number)) < 0.02 for number, _ in numbers):
            return True
        if name in ("rotatex", "rotatey") and numbers[:1] in ([("90", "deg")], [("270", "deg")]):
            return True
        if name == "matrix" and all(abs(float(number)) < 0.02 for number, _ in numbers[:4]):
            return True
    return False


def _is_moved_away(number: str, unit: str) -> bool:
    """Whether a step of this length leaves nothing to see; a percentage is of the element."""
    return abs(float(number)) >= 100 if unit == "%" else _is_away(number + unit)


def _length(value: str) -> tuple[float, str] | None:
    """The number and the unit that ``value`` begins with."""
    found = _LENGTH.match(value)
    return (float(found[1]), found[2]) if found is not None else None


def _pixels(value: str) -> float | None:
    """A length in pixels; None where ``value`` is none. What is relative is taken as it is at the
    usual sizes."""
    length = _length(value)
    if length is None:
        return None
    number, unit = length
    return number * (_UNITS.get(unit) or _RELATIVE.get(unit, 1.0))
