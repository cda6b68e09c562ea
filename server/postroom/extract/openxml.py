"""Office Open XML as a stream of elements (ECMA-376): no tree, no entities, bounded depth.

Expat hands over each element as it comes, so a file's size in memory is that of its text. The
well-known libraries for these formats build the whole tree, bring a second XML library, pictures
and a spreadsheet writer along, and do not tell words that are hidden, in a text box, or inserted
by a tracked change.
"""

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from postroom.extract.archives import Archive
from postroom.extract.bounds import MAX_XML_DEPTH
from postroom.extract.faults import Fault, Unreadable


class Elements(Protocol):
    """Who is told of elements, by their local names: the namespaces of Office's transitional and
    strict forms differ, and the names do not."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def walk(archive: Archive, name: str, elements: Elements) -> None:
    """Tell ``elements`` of the entry ``name``, if there is one.

    Raises:
        Unreadable: it is no XML, declares entities, or is nested too deep.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_XML_DEPTH:
            raise Unreadable(Fault.DEEP)
        elements.start(_local(tag), {_key(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        elements.end(_local(tag))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = elements.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        for piece in archive.pieces(name):
            parser.Parse(piece)
        if archive.has(name):
            parser.Parse(b"", True)
    except expat.ExpatError:
        raise Unreadable(Fault.DAMAGED) from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _key(name: str) -> str:
    """An attribute's local name; ``r:id`` for one that names a relation, beside a plain ``id``."""
    namespace, _, local = name.rpartition(" ")
    return f"r:{local}" if namespace.endswith("/relationships") else local


def _no_doctype(*_: object) -> None:
    raise Unreadable(Fault.DOCTYPE)


def main_part(archive: "Archive") -> str:
    """The entry that a package is about (part 2 §10). Raises Unreadable where it names none."""
    mains = Relations(archive, "").of_kind("officeDocument")
    if not mains:
        raise Unreadable(Fault.DAMAGED)
    return mains[0]


class Relations:
    """Where an entry's relations lead: id → entry, and the kinds of them (part 2 §6.5)."""

    def __init__(self, archive: Archive, entry: str) -> None:
        """The relations of ``entry``; of the whole package for ""."""
        self._folder, _, file = entry.rpartition("/")
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.links: dict[str, str] = {}
        """What leads out of the package: id → URL."""
        walk(archive, f"{self._folder}/_rels/{file}.rels".removeprefix("/"), self)

    def of_kind(self, kind: str) -> list[str]:
        """The entries of one kind, such as ``notesSlide``, in the file's order."""
        return [self.targets[id] for id, one in self.kinds.items() if one == kind]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        id, target = attributes.get("Id", ""), attributes.get("Target", "")
        if attributes.get("TargetMode") == "External":
            self.links[id] = target
            return
        self.targets[id] = _resolved(self._folder, target)
        self.kinds[id] = attributes.get("Type", "").rpartition("/")[2]

    def end(self, name: str) -> None:
        return

    def text(self, text: str) -> None:
        return


def _resolved(folder: str, target: str) -> str:
    """The entry that a relative or absolute target names."""
    steps = [] if target.startswith("/") or not folder else folder.split("/")
    for step in target.strip("/").split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)
