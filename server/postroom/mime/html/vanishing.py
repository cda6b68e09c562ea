"""Whether an element of HTML hides all that is inside it, whatever is said there: by display, its
size, its place, clipping, or a transform."""

from collections.abc import Mapping

from postroom.mime.html.appearance import Appearance
from postroom.mime.html.lengths import CALL, LENGTH, length_of, pixels
from postroom.mime.html.styles import Style, declarations

_OFF_SCREEN = -250.0
"""Pixels to the left or above from where nothing is seen."""

_FAR = 1500.0
"""Pixels to the right or below from where nothing is seen."""

_SHARP = 0.06
"""Opacity from which something is read."""

_MOVING = (
    "margin-left", "margin-top", "margin-inline-start", "inset-inline-start", "text-indent",
    "padding-left",
)  # fmt: skip
_MOVING_SIDES = ("margin", "translate", "margin-inline")
_PLACING = ("left", "right", "top", "bottom")
_PLACING_SIDES = (
    "inset", "inset-block", "inset-inline", "inset-block-start", "inset-block-end",
    "inset-inline-end",
)  # fmt: skip
_TRANSFORMS = ("transform", "-webkit-transform")
_MATRICES = {"matrix": ((0, 1, 2, 3), (4, 5)), "matrix3d": ((0, 1, 4, 5), (12, 13))}
"""Where in a matrix that which scales stands, and that which moves."""

_INHERITED = frozenset(
    {"visibility", "color", "font", "font-size", "background", "background-color"}
    | {"line-height", "text-shadow", "-webkit-text-fill-color", "font-size-adjust", "box-shadow"}
)  # fmt: skip
"""Properties that hide letters and not all that is inside: most styles have no others."""

_WORDLESS_FIELDS = frozenset(
    {"hidden", "checkbox", "radio", "password", "file", "color", "range", "image"}
)

_CUT_OFF = frozenset({"hidden", "clip", "auto", "scroll"})
_TALLEST_FLAT = 6.0
"""Pixels of height that show no line of letters."""

_BLURRED = 8.0
"""Pixels by which letters are blurred that nobody reads."""


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
        or _is_shrunk(style)
        or _is_blurred(style)
        or _has_no_room(tag, style)
        or _is_off_screen(style)
        or _is_clipped(style)
        or _is_indented_away(style)
        or _is_behind(look, style)
        or any(_transforms_away(style[name]) for name in _TRANSFORMS if name in style)
    )


def words_of_field(attributes: Mapping[str, str | None]) -> str:
    """What a field of a form shows of its value; "" where it shows none."""
    kind = (attributes.get("type") or "text").strip().lower()
    return "" if kind in _WORDLESS_FIELDS else (attributes.get("value") or "").strip()[:500]


def is_dot(attributes: Mapping[str, str | None]) -> bool:
    """Whether an image is a dot that nobody sees, such as one that counts readers: so are its
    words."""
    sizes = [pixels((attributes.get(name) or "").strip()) for name in ("width", "height")]
    styled = declarations(attributes.get("style") or "")[0]
    sizes += [pixels(styled.get(name, "")) for name in ("width", "height")]
    return any(size is not None and size <= 1 for size in sizes)


def _is_blurred(style: Style) -> bool:
    calls = CALL.findall(style.get("filter", ""))
    return any(name == "blur" and (pixels(inner) or 0) >= _BLURRED for name, inner in calls)


def _is_shrunk(style: Style) -> bool:
    """Whether it is made so small, or its letters are put so close, that nobody reads it."""
    zoom = length_of(style.get("zoom", ""))
    if zoom is not None and zoom[0] / (100 if zoom[1] == "%" else 1) < 0.1:
        return True
    apart = style.get("letter-spacing", "")
    if (pixels(apart) or 0) <= -8:
        return True
    scales = LENGTH.findall(style.get("scale", ""))
    turn = style.get("rotate", "")
    return any(abs(float(number)) < 0.02 for number, _ in scales) or (
        turn.startswith(("x ", "y ")) and turn.endswith(("90deg", "270deg"))
    )


def _has_no_room(tag: str, style: Style) -> bool:
    """Whether its size is nothing, and what is beyond it is cut off, as that of a field always is,
    or cannot be."""
    tall = _sizes(style, "height", "max-height", "block-size", "max-block-size")
    wide = _sizes(style, "width", "max-width", "inline-size", "max-inline-size")
    no_lines = pixels(style.get("line-height", "")) == 0
    flat = no_lines or any(size <= _TALLEST_FLAT for size in tall)
    narrow = any(size <= 1 for size in wide)
    if tag == "input" or not (flat or narrow):
        return flat or narrow
    overflow = " ".join(style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    return not _CUT_OFF.isdisjoint(overflow.split()) or (0.0 in tall and 0.0 in wide)


def _sizes(style: Style, *names: str) -> list[float]:
    """The sizes that are said in lengths; a share of what is around says nothing."""
    lengths = [pixels(style[name]) for name in names if name in style]
    return [size for size in lengths if size is not None]


def _is_off_screen(style: Style) -> bool:
    moved = [style[name] for name in _MOVING if name in style]
    moved += [part for name in _MOVING_SIDES for part in style.get(name, "").split()]
    is_placed = style.get("position", "static") not in ("static", "initial", "inherit")
    if is_placed and "%" in style.get("left", "") and not style["left"].startswith("-"):
        # Half of its width to the left of the middle: it is centred.
        moved = [value for value in moved if value != style.get("margin-left")]
    if is_placed:
        moved += [style[name] for name in _PLACING if name in style]
        moved += [part for name in _PLACING_SIDES for part in style.get(name, "").split()]
    return any(map(_is_away, moved))


def _is_indented_away(style: Style) -> bool:
    """Whether its line begins where its box ends, and is cut off there and not broken."""
    indent = length_of(style.get("text-indent", ""))
    if indent is None or indent[1] != "%" or abs(indent[0]) < 100:
        return False
    overflow = {style.get("overflow", ""), style.get("overflow-x", "")}
    return not _CUT_OFF.isdisjoint(word for value in overflow for word in value.split())


def _is_behind(look: Appearance, style: Style) -> bool:
    """Whether it lies behind what is around it, or behind whatever is where it is put."""
    position, depth = style.get("position", "static"), length_of(style.get("z-index", ""))
    if depth is None or depth[0] >= 0:
        return False
    is_out = position in ("absolute", "fixed")
    return is_out or (position in ("relative", "sticky") and look.is_boxed)


def _is_away(value: str) -> bool:
    length, away = length_of(value), pixels(value)
    if length is None or away is None:
        return False
    beyond = length[1] in ("vw", "vh") and abs(length[0]) >= 100
    return beyond or away <= _OFF_SCREEN or away >= _FAR


def _is_clipped(style: Style) -> bool:
    if "clip" in style and style.get("position") in ("absolute", "fixed"):
        found = CALL.match(style["clip"])
        if found is not None and found[1] == "rect":
            sides = [float(number) for number, _ in LENGTH.findall(found[2])]
            if len(sides) == 4 and max(sides) <= 1:
                return True
    found = CALL.search(style.get("clip-path") or style.get("-webkit-clip-path") or "")
    if found is None:
        return False
    shape, numbers = found[1], LENGTH.findall(found[2].partition(" at ")[0])
    if shape == "inset":
        return _leaves_nothing(found[2])
    if shape in ("circle", "ellipse"):
        radii = [pixels(number + unit) or 0.0 for number, unit in numbers]
        return bool(radii) and min(radii) <= 2
    return bool(numbers) and all(float(number) == 0 for number, _ in numbers)


def _leaves_nothing(inner: str) -> bool:
    """Whether what is cut from the sides, in the order of ``margin``, is all of it."""
    sides = [_share_of(side) for side in inner.partition(" round ")[0].split()[:4]]
    if not sides:
        return False
    top = sides[0]
    right = sides[1] if len(sides) > 1 else top
    bottom = sides[2] if len(sides) > 2 else top
    left = sides[3] if len(sides) > 3 else right
    return top + bottom >= 1 or left + right >= 1


def _share_of(side: str) -> float:
    length = length_of(side)
    if length is None:
        return 0.0
    return length[0] / 100 if length[1] == "%" else float(length[0] >= _FAR)


def _transforms_away(value: str) -> bool:
    for name, inner in CALL.findall(value[:1_000]):
        numbers = LENGTH.findall(inner)
        if name.startswith("translate") and any(_is_moved_away(*number) for number in numbers):
            return True
        if name.startswith("scale") and any(abs(float(number)) < 0.02 for number, _ in numbers):
            return True
        if name in ("rotatex", "rotatey") and numbers[:1] in ([("90", "deg")], [("270", "deg")]):
            return True
        if name in _MATRICES and _is_matrix_away([float(number) for number, _ in numbers], name):
            return True
    return False


def _is_matrix_away(numbers: list[float], name: str) -> bool:
    """Whether a matrix shrinks what is seen to nothing, or moves it off the screen (CSS Transforms
    1 §12: the numbers stand in columns)."""
    sizes, steps = _MATRICES[name]
    if len(numbers) <= max(steps):
        return False
    is_far = any(numbers[at] <= _OFF_SCREEN or numbers[at] >= _FAR for at in steps)
    return is_far or all(abs(numbers[at]) < 0.02 for at in sizes)


def _is_moved_away(number: str, unit: str) -> bool:
    """Whether a step of this length leaves nothing to see; a percentage is of the element."""
    return abs(float(number)) >= 100 if unit == "%" else _is_away(number + unit)
