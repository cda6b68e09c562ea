"""How an element of HTML appears: the size and colour of its letters on their background."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from postroom.mime.html.colours import BLACK, TRANSPARENT, WHITE, Colour, mixed_colour, parse_colour
from postroom.mime.html.lengths import CALL, FONT_SIZE, length_of, pixels
from postroom.mime.html.styles import Style
from postroom.mime.html.values import NONE, Variables

_READABLE = 2.0
"""Pixels of a letter's height below which nobody reads it."""

_NORMAL = 16.0
"""Pixels of a letter's height where nothing is said."""

_FONT_SIZES = (10.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
"""Pixels of a letter's height for each ``size`` of ``font`` (HTML §15.3.4)."""

_PICTURE = re.compile(r"url\(\s*[\"']?\s*[^\s\"')]")
_SHADOW_WORD = re.compile(
    r"(?<![\w.#-])(?:#[0-9a-f]{3,8}|[a-z-]{3,20}\([^()]{0,100}\)|[a-z]{3,25})"
)
_NO_PICTURE = re.compile(r"url\([^()]{0,10}\)")

_SIDES = ("top", "left", "right", "bottom")

_SAME = frozenset({"inherit", "currentcolor", "unset", "revert"})


@dataclass(slots=True)
class Appearance:
    """What is known of an element. A colour of None is one that cannot be judged."""

    size: float = _NORMAL
    colour: Colour | None = BLACK
    background: Colour | None = WHITE
    visible: bool = True
    opacity: float = 1.0
    variables: Variables = NONE
    """Custom properties that hold here."""
    brightness: float = 1.0
    """By what filters around it multiply each colour."""
    is_boxed: bool = False
    """It stands in front of an opaque background that is not the page's."""
    paints: bool = False
    """It has a background of its own, unlike what is around it."""
    covers: bool = False
    """Its own background is opaque, and known."""
    is_placed: bool = False
    """It is out of the flow, or moved: what stands before it may lie behind it."""
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
        return self.colour.brightened(self.brightness).is_lost_on(self.background, self.size)


def within(above: Appearance) -> Appearance:
    """How an element appears of which no style speaks."""
    return replace(
        above,
        is_boxed=above.is_boxed or above.covers,
        paints=False,
        covers=False,
        is_placed=False,
        hides=False,
        gone=above.gone or above.hides,
    )


def inherited(
    above: Appearance, tag: str, style: Style, attributes: Mapping[str, str | None]
) -> Appearance:
    """How an element appears whose surroundings look like ``above``."""
    look = within(above)
    if tag == "input":  # a field has colours and letters of its own
        look.size, look.colour, look.background = _NORMAL, BLACK, WHITE
    shown = style.get("visibility")
    if shown and shown not in _SAME:
        look.visible = shown not in ("hidden", "collapse")
    look.size = _size(look.size, style)
    if tag == "font" and "font" not in style and "font-size" not in style:
        look.size = _size_of_font(attributes.get("size") or "", look.size)
    look.opacity *= _opacity(style)
    look.brightness *= _brightness(style)
    is_link = tag == "a" and "href" in attributes
    look.colour = _colour(look.colour, style, attributes, is_link)
    _paint(look, _own_background(look.colour, style, attributes))
    look.covers = look.covers and tag not in ("html", "body")
    look.is_placed = _is_placed(style)
    if _casts_shadow(style.get("text-shadow", ""), look.background):
        look.colour = None  # it may be read by its shadow
    return look


def _size(above: float, style: Style) -> float:
    if style.get("font-size-adjust") == "0":
        return 0.0
    value = style.get("font-size", "")
    if not value and "font" in style:
        found = FONT_SIZE.search(style["font"])
        value = found[1] if found else ""
    length = length_of(value)
    if length is None:
        return above if value in ("", *_SAME) else _NORMAL
    number, unit = length
    if unit in ("em", "%", "ex"):
        return above * number / (100 if unit == "%" else 2 if unit == "ex" else 1)
    return pixels(value) or 0.0


def _size_of_font(value: str, above: float) -> float:
    found = re.match(r"\s*([+-]?)(\d{1,3})", value)
    if found is None:
        return above
    number = int(found[2])
    step = 3 + number if found[1] == "+" else 3 - number if found[1] else number
    return _FONT_SIZES[min(7, max(1, step))]


def _colour(
    above: Colour | None, style: Style, attributes: Mapping[str, str | None], is_link: bool
) -> Colour | None:
    value = style.get("-webkit-text-fill-color") or style.get("color")
    if value is None:
        value = (attributes.get("color") or attributes.get("text") or "").lower()
    if not value:
        return None if is_link else above
    if value in _SAME:
        return above
    found = parse_colour(value) or (mixed_colour(value) if "mix(" in value else None)
    # A value of CSS that cannot be read (a variable, a newer function) is not judged.
    return found if found is not None or "(" in value else above


def _paint(look: Appearance, own: Colour | None) -> None:
    """Put the background ``own`` in front of what is behind so far."""
    below = look.background
    if own is None:
        look.background, look.paints = None, True
    elif own.opacity > 0:
        own = own.brightened(look.brightness)
        look.covers = own.opacity >= 1
        seen = own if look.covers else own.over(below) if below is not None else None
        look.background = seen
        look.paints = seen is None or below is None or not seen.is_lost_on(below)


def _own_background(
    letters: Colour | None, style: Style, attributes: Mapping[str, str | None]
) -> Colour | None:
    """The background that an element has itself, transparent where it has none; None for one that
    cannot be judged."""
    image = style.get("background-image", "none")
    if attributes.get("background") or _PICTURE.search(image):
        return None
    if "inset" in style.get("box-shadow", ""):
        return None  # its shadow may fill it
    value = style.get("background-color") or style.get("background")
    if "gradient(" in image:
        value = image
    if value is None:
        value = (attributes.get("bgcolor") or "").lower()
    if "currentcolor" in value:
        return letters
    if "gradient(" in value:
        return mixed_colour(value)
    if _PICTURE.search(value) or "var(" in value:
        return None
    words = (value, *_NO_PICTURE.sub(" ", value).split())
    return next(filter(None, map(parse_colour, words)), TRANSPARENT)


def _is_placed(style: Style) -> bool:
    if style.get("position") in ("absolute", "fixed"):
        return True
    is_raised = style.get("margin-top", style.get("margin", "")).startswith("-")
    if style.get("position") in ("relative", "sticky"):
        return any(pixels(style.get(name, "")) for name in _SIDES) or is_raised
    return is_raised


def _casts_shadow(value: str, ground: Colour | None) -> bool:
    """Whether letters have a shadow of another colour than what it falls on."""
    words = [word for word in _SHADOW_WORD.findall(value) if word not in _SAME]
    found = [parse_colour(word) for word in words if word not in ("none", "initial", "inset")]
    return any(
        colour is None or ground is None or not colour.is_lost_on(ground) for colour in found
    )


def _brightness(style: Style) -> float:
    calls = CALL.findall(style.get("filter", ""))
    values = [length_of(inner) for name, inner in calls if name == "brightness"]
    factor = 1.0
    for length in filter(None, values):
        factor *= max(0.0, length[0] / (100 if length[1] == "%" else 1))
    return factor


def _opacity(style: Style) -> float:
    values = [style["opacity"]] if "opacity" in style else []
    values += [inner for name, inner in CALL.findall(style.get("filter", "")) if name == "opacity"]
    seen = 1.0
    for length in filter(None, map(length_of, values)):
        seen *= min(1.0, max(0.0, length[0] / (100 if length[1] == "%" else 1)))
    return seen
