"""The maps of the house: each room and each file on them exists, and none is left out."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "server" / "postroom"
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

UNDRAWN = {"__init__", "__main__"}


def rooms_in(folder: Path) -> set[str]:
    return {found.parent.name for found in folder.glob("*/__init__.py")}


def modules_in(folder: Path) -> set[str]:
    return {found.stem for found in folder.glob("*.py")} - UNDRAWN


def words_of(room: Path) -> str:
    """What a room says of itself."""
    return ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""


def drawn_in(text: str) -> set[str]:
    """The files that a text names, but for those of another room (``model/secrets.py``)."""
    return set(re.findall(r"(?<![\w/])(\w+)\.py\b", text))


def test_the_architecture_names_every_room_and_no_other() -> None:
    drawn = ARCHITECTURE.partition("server/postroom/\n")[2].partition("tools/postroom_tools/")[0]
    heads = [line.partition("   ")[0] for line in re.findall(r"^  (\S.*)$", drawn, re.MULTILINE)]
    named = " ".join(heads)
    assert set(re.findall(r"(\w+)/", named)) == rooms_in(HOUSE)
    assert drawn_in(drawn) == modules_in(HOUSE)


def test_every_file_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", ARCHITECTURE)
    assert named
    assert [name for name in named if not (HOUSE / name).exists()] == []


ROOMS = [found.parent for found in HOUSE.rglob("__init__.py") if drawn_in(words_of(found.parent))]


def test_rooms_have_maps() -> None:
    assert len(ROOMS) > 10


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(HOUSE)))
def test_a_room_that_draws_its_files_draws_every_one_and_no_other(room: Path) -> None:
    assert drawn_in(words_of(room)) == modules_in(room)
