"""A post room of the test's own, and the program on it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.shell import Program

from postroom.build import open_room
from postroom.settings import load


@pytest.fixture
def postroom(tmp_path: Path) -> Iterator[Program]:
    person = tmp_path / "person"
    person.mkdir()
    program = Program(tmp_path / "home", person)
    yield program
    program.end_all()


@pytest.fixture
def empty_room(postroom: Program) -> Program:
    """A post room in which nobody has a mailbox yet."""

    async def make() -> None:
        async with open_room(load(postroom.home), program="test"):
            pass

    asyncio.run(make())
    return postroom


@pytest.fixture
def two_mailboxes(postroom: Program) -> Program:
    """A post room with mailboxes of two agents: ada@ and ben@agents.localhost."""
    for name in ("ada", "ben"):
        made = postroom("mailboxes", "create", "--username", name, "--agent", name)
        assert made.code == 0, made.err
    return postroom
