"""Colours of CSS and HTML as red, green and blue, and whether two of them look the same."""

import colorsys
import re
from dataclasses import dataclass
from functools import lru_cache

_NAMES = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc
bisque ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a
burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50
cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b
darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b
darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000
darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f
darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff
dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0
forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4
indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5
lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1
lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899
lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32
linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd
mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee
mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970
mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6
olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa
palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9
peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399
red ff0000 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460
seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd
slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c
teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff
whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32 window ffffff windowtext 000000
canvas ffffff canvastext 000000
"""
_WORDS = _NAMES.split()
_NAMED = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))

_FUNCTION = re.compile(r"(rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color)\(([^()]{0,100})\)")
_NUMBER = re.compile(r"([+-]?(?:\d{1,10}(?:\.\d{0,10})?|\.\d{1,10})(?:e[+-]?\d{1,2})?)(%?)")
_PIECE = re.compile(r"[a-z]{3,10}\([^()]{0,100}\)|#?[0-9a-z]{3,25}")
_HEX = re.compile(r"#?([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})$")

_ALIKE, _ALIKE_LARGE = 30, 20
"""Steps of 255 in each of red, green and blue by which a reader tells no letter from the page, for
small letters and for those of the usual size: pale ones are read where they are large."""

_LARGE = 15.0
"""Pixels of a letter's height from which it is not small."""

_FAINT = 0.06
"""Opacity below which nothing is read."""


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green and blue from 0 to 255, and opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    opacity: float = 1.0

    def over(self, below: "Colour") -> "Colour":
        """What is seen of this colour in front of an opaque one."""
        if self.opacity >= 1:
            return self
        share = max(0.0, self.opacity)

        def mixed(front: float, back: float) -> float:
            return front * share + back * (1 - share)

        return Colour(
            mixed(self.red, below.red),
            mixed(self.green, below.green),
            mixed(self.blue, below.blue),
        )

    def brightened(self, factor: float) -> "Colour":
        """This colour with each of its channels multiplied (Filter Effects 1 §13.1)."""
        if factor == 1:
            return self
        red, green, blue = (min(255.0, one * factor) for one in (self.red, self.green, self.blue))
        return Colour(red, green, blue, self.opacity)

    def is_lost_on(self, below: "Colour", size: float = 0.0) -> bool:
        """Whether letters of this colour, ``size`` pixels high, cannot be read on ``below``."""
        if self.opacity < _FAINT:
            return True
        seen = self.over(below)
        steps = (seen.red - below.red, seen.green - below.green, seen.blue - below.blue)
        return max(map(abs, steps)) <= (_ALIKE if size < _LARGE else _ALIKE_LARGE)


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)
TRANSPARENT = Colour(0, 0, 0, 0)


@lru_cache(maxsize=1024)
def parse_colour(value: str) -> Colour | None:
    """The colour that ``value`` (lower case) names; None where it names none that is known."""
    value = value.strip()[:150]
    if value == "transparent":
        return TRANSPARENT
    found = _HEX.match(_NAMED.get(value, value))
    if found is not None:
        return _of_hex(found[1])
    function = _FUNCTION.match(value)
    return _of_function(function[1], function[2]) if function is not None else None


def _of_hex(digits: str) -> Colour:
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, *rest = (int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
    return Colour(red, green, blue, rest[0] / 255 if rest else 1.0)


def _of_function(name: str, inner: str) -> Colour | None:
    numbers = _NUMBER.findall(inner.partition(" ")[2] if name == "color" else inner)
    if len(numbers) < 3:
        return None
    opacity = _share(numbers[3], 1) if len(numbers) > 3 else 1.0
    if name.endswith(("lab", "lch")):
        return _of_lightness(name, numbers, opacity)
    if name == "color":
        channels = [255 * min(1.0, max(0.0, _share(number, 1))) for number in numbers[:3]]
    elif name == "hwb":
        channels = _of_whiteness(*(_share(number, 100) for number in numbers[:3]))
    elif name.startswith("hsl"):
        hue = (float(numbers[0][0]) % 360) / 360
        lightness, saturation = (min(1.0, max(0.0, _share(n, 100))) for n in numbers[2:0:-1])
        channels = [255 * channel for channel in colorsys.hls_to_rgb(hue, lightness, saturation)]
    else:
        channels = [min(255.0, max(0.0, 255 * _share(number, 255))) for number in numbers[:3]]
    return Colour(channels[0], channels[1], channels[2], opacity)


def _of_whiteness(hue: float, white: float, black: float) -> list[float]:
    """HWB (CSS Color 4 §8): a pure hue, mixed with white and black."""
    total = white + black
    if total >= 1:
        return [255 * white / total] * 3
    pure = colorsys.hsv_to_rgb((hue * 100 % 360) / 360, 1, 1)
    return [255 * (channel * (1 - total) + white) for channel in pure]


def _of_lightness(name: str, numbers: list[tuple[str, str]], opacity: float) -> Colour | None:
    """The grey that (ok)lab or (ok)lch name; None for what has a hue, which is not judged."""
    is_ok = name.startswith("ok")
    hues = numbers[1:3] if name.endswith("lab") else numbers[1:2]
    if any(abs(_share(number, 0.4 if is_ok else 125)) > 0.1 for number in hues):
        return None
    lightness = min(1.0, max(0.0, _share(numbers[0], 1 if is_ok else 100)))
    linear = lightness**3 if is_ok else ((100 * lightness + 16) / 116) ** 3
    grey = 255 * min(1.0, max(0.0, 1.055 * linear ** (1 / 2.4) - 0.055))
    return Colour(grey, grey, grey, opacity)


def _share(number: tuple[str, str], whole: float) -> float:
    """A number or a percentage as a share of ``whole``."""
    return float(number[0]) / (100 if number[1] else whole)


def mixed_colour(value: str) -> Colour | None:
    """The one colour that a gradient or a mixture in ``value`` comes to; None where there are
    several, or none that is known."""
    words = _PIECE.findall(value[:500].partition("(")[2])
    found = [colour for word in words if (colour := parse_colour(word)) is not None]
    return found[0] if found and all(one == found[0] for one in found) else None
