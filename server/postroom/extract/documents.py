"""Word documents (DOCX): what a reader of the printed page would see, and its notes and comments.

Left out and counted are runs that are hidden (``w:vanish``, also by a style), a point high or less,
or white outside of tables, boxes and shading. Deleted words of tracked changes are left out without
being counted, as in Word's own view of the result; inserted ones are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from postroom.extract.archives import Archive
from postroom.extract.flow import Flow
from postroom.extract.formats import Told
from postroom.extract.openxml import Relations, main_part, walk
from postroom.extract.styles import HiddenStyles, is_on, is_white
from postroom.extract.words import Words

_AFTERWARDS = (
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "footnotes"),
    ("endnotes", "endnotes"),
    ("comments", "comments"),
)
_UNREAD = frozenset({"Fallback", "moveFrom", "del", "instrText", "delText"})
"""A fallback says again what its choice said; the others are not in the text any more."""

_TINY = 2
"""Half points (``w:sz``): one point."""


def read(content: bytes, told: Told, words: Words) -> None:
    """The body, then headers, footers, notes and comments, each under its name."""
    archive = Archive(content)
    main = main_part(archive)
    relations = Relations(archive, main)
    hidden_styles = HiddenStyles()
    for entry in relations.of_kind("styles"):
        walk(archive, entry, hidden_styles)
    styles = hidden_styles.names()
    walk(archive, main, Story(words, styles, relations.links))
    for kind, name in _AFTERWARDS:
        for entry in relations.of_kind(kind):
            _apart(archive, entry, name, styles, words)


def _apart(archive: Archive, entry: str, name: str, styles: frozenset[str], words: Words) -> None:
    """Write what one story beside the body says, under its name; nothing where it says nothing."""
    aside = Words()
    walk(archive, entry, Story(aside, styles, Relations(archive, entry).links))
    words.hidden += aside.hidden
    if aside.text.strip():
        words.line(f"\n[{name}]\n{aside.text.strip()}")


@dataclass
class _Paragraph:
    text: list[str] = field(default_factory=list)
    hidden: bool = False
    shaded: bool = False


@dataclass
class _Run:
    hidden: bool = False
    white: bool = False
    shaded: bool = False


class Story:
    """A story of a document: body, header, notes (ECMA-376 part 1 §17.2)."""

    def __init__(self, words: Words, styles: frozenset[str], links: Mapping[str, str]) -> None:
        self._words, self._styles, self._links = words, styles, links
        self._flow = Flow(words)
        self._path: list[str] = []
        self._unread = 0
        self._boxes = 0
        self._paragraphs: list[_Paragraph] = []
        self._run = _Run()
        self._last_hidden = False
        self._white_page = True
        self._link: tuple[str, int] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        above = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _UNREAD:
            self._unread += 1
        elif above == "rPr" and self._path[-3:-2] == ["r"]:
            self._property(name, attributes)
        elif above == "pPr":
            self._paragraph_property(name, attributes)
        elif not self._unread:
            self._begin(name, attributes, above)

    def end(self, name: str) -> None:
        self._path.pop()
        if name in _UNREAD:
            self._unread -= 1
        elif self._unread:
            return
        elif name == "p" and self._paragraphs:
            self._flow.paragraph("".join(self._paragraphs.pop().text))
        elif name == "tr":
            self._flow.end_row()
        elif name == "txbxContent":
            self._boxes -= 1
        elif name == "hyperlink":
            self._end_link()

    def text(self, text: str) -> None:
        if self._path and self._path[-1] == "t" and not self._unread:
            self._say(text)

    def _begin(self, name: str, attributes: Mapping[str, str], above: str) -> None:
        if name == "p":
            self._paragraphs.append(_Paragraph())
            self._last_hidden = False
        elif name == "r":
            self._run = _Run(hidden=bool(self._paragraphs) and self._paragraphs[-1].hidden)
        elif name == "tr":
            self._flow.start_row()
        elif name == "tc":
            self._flow.start_cell()
        elif name == "txbxContent":
            self._boxes += 1
        elif name == "background":
            self._white_page = is_white(attributes.get("color", "FFFFFF"))
        elif name == "hyperlink" and self._paragraphs:
            url = self._links.get(attributes.get("r:id", ""), "")
            self._link = (url, len(self._paragraphs[-1].text)) if url else None
        elif above == "r":
            self._sign(name)

    def _sign(self, name: str) -> None:
        sign = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(name)
        if sign is not None and self._paragraphs and not self._is_hidden():
            self._paragraphs[-1].text.append(sign)

    def _property(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name in ("vanish", "rStyle", "sz"):
            self._run.hidden |= self._hides(name, value)
        elif name == "color":
            theme = attributes.get("themeColor", "")
            self._run.white = is_white(value) and theme in ("", "background1", "bg1")
        elif name == "highlight" or (name == "shd" and _is_shade(attributes)):
            self._run.shaded = True

    def _hides(self, name: str, value: str) -> bool:
        """Whether a property of a run hides it, by itself or by a style."""
        if name == "vanish":
            return is_on(value)
        if name == "rStyle":
            return value in self._styles
        return value.isascii() and value.isdigit() and int(value[:9]) <= _TINY

    def _paragraph_property(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._paragraphs:
            return
        if name == "pStyle" and attributes.get("val", "") in self._styles:
            self._paragraphs[-1].hidden = True
        elif name == "shd" and _is_shade(attributes):
            self._paragraphs[-1].shaded = True
        elif name == "numPr":
            self._paragraphs[-1].text.append("- ")

    def _is_hidden(self) -> bool:
        if self._run.hidden:
            return True
        shaded = self._run.shaded or self._paragraphs[-1].shaded
        boxed = self._flow.in_table or self._boxes > 0
        return self._run.white and self._white_page and not shaded and not boxed

    def _say(self, text: str) -> None:
        if not self._paragraphs:
            return
        hidden = self._is_hidden()
        if not hidden:
            self._paragraphs[-1].text.append(text)
        elif text.strip():
            self._words.hidden += not self._last_hidden  # neighbours are one piece
        if text.strip():
            self._last_hidden = hidden

    def _end_link(self) -> None:
        """Write where a link leads, unless its words say so."""
        if self._link is None or not self._paragraphs:
            return
        (url, start), self._link = self._link, None
        shown = "".join(self._paragraphs[-1].text[start:]).strip()
        if shown and shown not in (url, url.removeprefix("mailto:"), url.rstrip("/")):
            self._paragraphs[-1].text.append(f" <{url[:2_000]}>")


def _is_shade(attributes: Mapping[str, str]) -> bool:
    fill = attributes.get("fill", "auto")
    return fill not in ("auto", "") and not is_white(fill)
