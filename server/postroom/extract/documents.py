"""Word documents (DOCX): what a reader of the printed page would see, and its notes and comments.

Left out and counted are runs that are hidden, two points high or less, or of the page's colour
outside of tables, boxes and shading, by themselves or by a style (`styles`). Deleted words of
tracked changes are left out without being counted, as in Word's own view of the result; inserted
ones are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from postroom.extract.archives import Archive
from postroom.extract.flow import Flow
from postroom.extract.formats import Told
from postroom.extract.openxml import Relations, main_part, walk
from postroom.extract.styles import NOTHING, Look, Styles, is_shade, page_colour
from postroom.extract.words import Words
from postroom.mime.html.colours import WHITE

_AFTERWARDS = (
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "footnotes"),
    ("endnotes", "endnotes"),
    ("comments", "comments"),
)
_UNREAD = frozenset({"Fallback", "moveFrom", "del", "instrText", "delText"})
"""A fallback says again what its choice said; the others are not in the text any more."""


def read(content: bytes, told: Told, words: Words) -> None:
    """The body, then headers, footers, notes and comments, each under its name."""
    archive = Archive(content)
    main = main_part(archive)
    relations = Relations(archive, main)
    styles = Styles()
    for entry in relations.of_kind("styles"):
        walk(archive, entry, styles)
    walk(archive, main, Story(words, styles, relations.links))
    for kind, name in _AFTERWARDS:
        for entry in relations.of_kind(kind):
            _apart(archive, entry, name, styles, words)


def _apart(archive: Archive, entry: str, name: str, styles: Styles, words: Words) -> None:
    """Write what one story beside the body says, under its name; nothing where it says nothing."""
    aside = Words()
    walk(archive, entry, Story(aside, styles, Relations(archive, entry).links))
    words.hidden += aside.hidden
    if aside.text.strip():
        words.line(f"\n[{name}]\n{aside.text.strip()}")


@dataclass
class _Paragraph:
    look: Look
    text: list[str] = field(default_factory=list)
    shaded: bool = False


@dataclass
class _Run:
    style: Look
    own: Look = NOTHING


class Story:
    """A story of a document: body, header, notes (ECMA-376 part 1 §17.2)."""

    def __init__(self, words: Words, styles: Styles, links: Mapping[str, str]) -> None:
        self._words, self._styles, self._links = words, styles, links
        self._flow = Flow(words)
        self._path: list[str] = []
        self._unread = 0
        self._boxes = 0
        self._paragraphs: list[_Paragraph] = []
        self._run = _Run(styles.of_run(""))
        self._last_hidden = False
        self._page = WHITE
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
            self._paragraphs.append(_Paragraph(self._styles.of_paragraph("")))
            self._last_hidden = False
        elif name == "r":
            self._run = _Run(self._styles.of_run(""))
        elif name == "tr":
            self._flow.start_row()
        elif name == "tc":
            self._flow.start_cell()
        elif name == "txbxContent":
            self._boxes += 1
        elif name == "background":
            self._page = page_colour(attributes)
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
        if name == "rStyle":
            self._run.style = self._styles.of_run(attributes.get("val", ""))
        else:
            self._run.own = self._run.own.having(name, attributes)

    def _paragraph_property(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        if name == "pStyle":
            paragraph.look = self._styles.of_paragraph(attributes.get("val", ""))
        elif name == "shd":
            paragraph.shaded = is_shade(attributes)
        elif name == "numPr":
            paragraph.text.append("- ")

    def _is_hidden(self) -> bool:
        paragraph = self._paragraphs[-1]
        look = self._run.own.over(self._run.style).over(paragraph.look)
        if look.is_unseen:
            return True
        boxed = self._flow.in_table or self._boxes > 0 or paragraph.shaded
        return not boxed and not look.shaded and look.is_lost_on(self._page)

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
