"""How the letters of a Word document look, by styles and by themselves, as far as it hides them.

First said by the run itself, then its style and the styles that this is based on, then its
paragraph's style and those below that, then the document's defaults (ECMA-376 part 1 §17.7.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from postroom.mime.html.colours import WHITE, Colour, parse_colour

_TINY = 4
"""Half points (``w:sz``): letters of two points are a speck on paper."""

_WHITE_THEMES = frozenset({"background1", "bg1", "light1", "lt1"})
"""What themes call the colour of paper (§17.18.97)."""

_MOST_STEPS = 50
"""Styles below one another that are followed; Word allows ten."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is said of letters; None for what is said elsewhere."""

    vanishes: bool | None = None
    half_points: int | None = None
    colour: str | None = None
    """RRGGBB, or ``auto``, which is never lost."""
    shaded: bool | None = None
    """Whether they stand on a colour of their own."""

    def over(self, below: "Look") -> "Look":
        """This, and what ``below`` says where this says nothing."""
        if self is NOTHING or below is NOTHING:
            return below if self is NOTHING else self
        return Look(
            below.vanishes if self.vanishes is None else self.vanishes,
            below.half_points if self.half_points is None else self.half_points,
            below.colour if self.colour is None else self.colour,
            below.shaded if self.shaded is None else self.shaded,
        )

    def having(self, name: str, attributes: Mapping[str, str]) -> "Look":
        """This with one property more, an element of ``w:rPr``."""
        value = attributes.get("val", "")
        if name == "vanish":
            return replace(self, vanishes=is_on(value))
        if name == "sz" and value.isascii() and value.isdigit():
            return replace(self, half_points=int(value[:9]))
        if name == "color":
            return replace(self, colour=_colour(value, attributes))
        if name == "highlight":
            return replace(self, shaded=value not in ("none", "white"))
        if name == "shd":
            return replace(self, shaded=is_shade(attributes))
        return self

    @property
    def is_unseen(self) -> bool:
        """Whether nobody sees the letters, whatever they stand on."""
        tiny = self.half_points is not None and self.half_points <= _TINY
        return bool(self.vanishes) or tiny

    def is_lost_on(self, ground: Colour) -> bool:
        """Whether the letters cannot be told from what they stand on."""
        colour = parse_colour(self.colour.lower()) if self.colour else None
        return colour is not None and colour.is_lost_on(ground)


NOTHING = Look()


def is_on(value: str) -> bool:
    """Whether a switch such as ``w:vanish`` is on; without a value it is (§17.17.4)."""
    return value not in ("0", "false", "off")


def is_shade(attributes: Mapping[str, str]) -> bool:
    """Whether ``w:shd`` puts a colour behind words that is not that of paper."""
    fill = parse_colour(attributes.get("fill", "auto").lower())
    return fill is not None and not fill.is_lost_on(WHITE)


def page_colour(attributes: Mapping[str, str]) -> Colour:
    """The colour of ``w:background``."""
    return parse_colour(attributes.get("color", "").lower()) or WHITE


def _colour(value: str, attributes: Mapping[str, str]) -> str:
    """A theme's colour counts before the one that is written out (§17.3.2.6)."""
    theme = attributes.get("themeColor", "")
    if not theme or theme == "none":
        return value
    plain = "themeShade" not in attributes and "themeTint" not in attributes
    return "FFFFFF" if theme in _WHITE_THEMES and plain else "auto"


class Styles:
    """Reads ``styles.xml``: what each style says, and what it is based on."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._based: dict[str, str] = {}
        self._usual: dict[str, str] = {}
        self._defaults = NOTHING
        self._style = ""
        self._path: list[str] = []
        self.of_paragraph = lru_cache(256)(self._of_paragraph)
        """How letters look in a paragraph of a style; of the usual one for ""."""
        self.of_run = lru_cache(256)(self._of_run)
        """What a run's own style says; of the usual one for ""."""

    def _of_paragraph(self, style: str) -> Look:
        return self._chain(style or self._usual.get("paragraph", "")).over(self._defaults)

    def _of_run(self, style: str) -> Look:
        return self._chain(style or self._usual.get("character", ""))

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        within = self._path[-3:-1]
        if name == "style":
            self._begin(attributes)
        elif name == "basedOn":
            self._based[self._style] = attributes.get("val", "")
        elif within == ["rPrDefault", "rPr"]:
            self._defaults = self._defaults.having(name, attributes)
        elif within == ["style", "rPr"] or (within == ["style", "pPr"] and name == "shd"):
            look = self._looks.get(self._style, NOTHING)
            self._looks[self._style] = look.having(name, attributes)

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        return

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._style = attributes.get("styleId", "")
        if is_on(attributes.get("default", "0")):
            self._usual[attributes.get("type", "")] = self._style

    def _chain(self, style: str) -> Look:
        look = NOTHING
        for _ in range(_MOST_STEPS):
            look = look.over(self._looks.get(style, NOTHING))
            if style not in self._based:
                break
            style = self._based[style]
        return look
