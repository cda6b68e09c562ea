"""How an element of HTML appears: the size and colour of its letters on their background."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from postroom.mime.html.colours import BLACK, WHITE, Colour, mixed_colour, parse_colour
from postroom.mime.html.lengths import CALL, FONT_SIZE, length_of, pixels
from postroom.mime.html.styles import Style
from postroom.mime.html.values import NONE, Variables

_READABLE = 2.0
"""Pixels of a letter's height below which nobody reads it."""

_NORMAL = 16.0
"""Pixels of a letter's height where nothing is said."""

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
    shown = style.get("visibility")
    if shown and shown not in _SAME:
        look.visible = shown not in ("hidden", "collapse")
    look.size = _size(above.size, style)
    look.opacity *= _opacity(style)
    is_link = tag == "a" and "href" in attributes
    look.colour = _colour(above.colour, style, attributes, is_link)
    look.background = _background(above.background, look.colour, style, attributes)
    if style.get("text-shadow", "none") not in ("none", *_SAME, "initial"):
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


def _background(
    above: Colour | None,
    letters: Colour | None,
    style: Style,
    attributes: Mapping[str, str | None],
) -> Colour | None:
    image = style.get("background-image", "none")
    if attributes.get("background") or "url(" in image:
        return None
    value = style.get("background-color") or style.get("background")
    if "gradient(" in image:
        value = image
    if value is None:
        value = (attributes.get("bgcolor") or "").lower()
    if not value:
        return above
    if "currentcolor" in value:
        return letters
    if "gradient(" in value:
        return mixed_colour(value)
    if "url(" in value or "var(" in value:
        return None
    found = next(filter(None, map(parse_colour, (value, *value.split(" ")))), None)
    if found is None or found.opacity <= 0:
        return above
    if found.opacity >= 1:
        return found
    return found.over(above) if above is not None else None


def _opacity(style: Style) -> float:
    values = [style["opacity"]] if "opacity" in style else []
    values += [inner for name, inner in CALL.findall(style.get("filter", "")) if name == "opacity"]
    seen = 1.0
    for length in filter(None, map(length_of, values)):
        seen *= min(1.0, max(0.0, length[0] / (100 if length[1] == "%" else 1)))
    return seen
