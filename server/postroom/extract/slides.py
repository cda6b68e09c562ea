"""Presentations (PPTX): the words of each slide in order, with the speaker's notes.

Left out and counted are slides that are not shown, and shapes that are hidden or lie beside the
slide. Colours are not
looked at: a slide's background comes from themes, pictures and masters.
"""

from collections.abc import Mapping

from postroom.extract.archives import Archive
from postroom.extract.bounds import MAX_PAGES
from postroom.extract.flow import Flow
from postroom.extract.formats import Told
from postroom.extract.openxml import Relations, main_part, walk
from postroom.extract.words import Words

_SHAPES = frozenset({"sp", "grpSp", "graphicFrame", "pic", "cxnSp"})
Size = tuple[int, int]
"""Width and height, in the format's units: 914,400 an inch."""

_NUMBERS = frozenset({"sldNum", "dt"})
"""Placeholders that hold a slide's number and date: the same on every slide."""


def read(content: bytes, told: Told, words: Words) -> None:
    """Each slide that is shown, under its number."""
    archive = Archive(content)
    main = main_part(archive)
    order = _Order()
    walk(archive, main, order)
    targets = Relations(archive, main).targets
    slides = [targets[id] for id in order.ids if id in targets]
    for number, entry in enumerate(slides[:MAX_PAGES], 1):
        _slide(archive, entry, f"[slide {number} of {len(slides)}]", order.size, words)
    words.cut = len(slides) > MAX_PAGES


def _slide(archive: Archive, entry: str, title: str, size: Size, words: Words) -> None:
    shown = _shown(archive, entry, size)
    if shown is None:
        words.hidden += 1
        return
    words.hidden += shown.hidden
    said = shown.text.strip()
    notes = []
    for notes_entry in Relations(archive, entry).of_kind("notesSlide"):
        note = _shown(archive, notes_entry) or Words()
        words.hidden += note.hidden
        notes += [f"[notes]\n{note.text.strip()}"] if note.text.strip() else []
    if said or notes:
        words.line("\n".join(filter(None, [title, said, *notes])) + "\n")


def _shown(archive: Archive, entry: str, size: Size | None = None) -> Words | None:
    """The words of a slide of that size, or of notes; None for a slide that is not shown."""
    aside = Words()
    page = _Page(aside, size)
    walk(archive, entry, page)
    return aside if page.shown else None


class _Order:
    """Reads ``presentation.xml``: which slides there are, in order, and how large they are."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.size: Size = (9_144_000, 6_858_000)  # what programs take where nothing is said

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sldId" and "r:id" in attributes:
            self.ids.append(attributes["r:id"])
        elif name == "sldSz":
            width, height = self.size
            self.size = (
                _number(attributes.get("cx", ""), width),
                _number(attributes.get("cy", ""), height),
            )

    def end(self, name: str) -> None:
        return

    def text(self, text: str) -> None:
        return


class _Page:
    """Reads a slide or its notes (ECMA-376 part 1 §19.3, §21.1.2)."""

    def __init__(self, words: Words, size: Size | None) -> None:
        self.shown = True
        self._words = words
        self._size = size
        self._corner = (0, 0)
        self._flow = Flow(words)
        self._path: list[str] = []
        self._shapes: list[bool] = []
        """For each shape that we are in: whether it is left out, by itself or by its group."""
        self._paragraph: list[str] = []
        self._fallback = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if name == "sld":
            self.shown = attributes.get("show", "1") not in ("0", "false")
        elif name == "Fallback":
            self._fallback += 1
        elif name in _SHAPES:
            self._shapes.append(bool(self._shapes) and self._shapes[-1])
        elif name == "cNvPr" and self._shapes and attributes.get("hidden") in ("1", "true"):
            self._shapes[-1] = True
            self._words.hidden += 1
        elif name == "ph" and self._shapes and attributes.get("type") in _NUMBERS:
            self._shapes[-1] = True
        elif name == "off" and len(self._shapes) == 1:
            self._corner = (_number(attributes.get("x", "")), _number(attributes.get("y", "")))
        elif name == "ext" and len(self._shapes) == 1 and "cx" in attributes:
            self._place(_number(attributes["cx"]), _number(attributes.get("cy", "")))
        elif self._is_read():
            self._begin(name)

    def _place(self, width: int, height: int) -> None:
        """Leave out a shape of that size that lies beside the slide. Those of a group have its own
        measure; the group itself is placed as they are."""
        if self._size is None or self._shapes[-1]:
            return
        left, top = self._corner
        beside = left + width <= 0 or top + height <= 0
        if beside or left >= self._size[0] or top >= self._size[1]:
            self._shapes[-1] = True
            self._words.hidden += 1

    def end(self, name: str) -> None:
        self._path.pop()
        if name == "Fallback":
            self._fallback -= 1
        elif name in _SHAPES:
            self._shapes.pop()
        elif not self._is_read():
            return
        elif name == "p":
            self._flow.paragraph("".join(self._paragraph))
            self._paragraph = []
        elif name == "tr":
            self._flow.end_row()

    def text(self, text: str) -> None:
        if self._path and self._path[-1] == "t" and self._is_read():
            self._paragraph.append(text)

    def _begin(self, name: str) -> None:
        if name == "br":
            self._paragraph.append("\n")
        elif name == "tab" and "pPr" not in self._path[-4:]:
            self._paragraph.append("\t")
        elif name == "tr":
            self._flow.start_row()
        elif name == "tc":
            self._flow.start_cell()

    def _is_read(self) -> bool:
        return not self._fallback and not (self._shapes and self._shapes[-1])


def _number(written: str, otherwise: int = 0) -> int:
    """A coordinate; ``otherwise`` where none is written."""
    try:
        return int(written[:20])
    except ValueError:
        return otherwise
