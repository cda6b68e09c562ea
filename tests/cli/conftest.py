"""A post room of the test's own, and the program on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.shell import Program


@pytest.fixture
def postroom(tmp_path: Path) -> Iterator[Program]:
    person = tmp_path / "person"
    person.mkdir()
    program = Program(tmp_path / "home", person)
    yield program
    program.end_all()


@pytest.fixture
def two_mailboxes(postroom: Program) -> Program:
    """A post room with mailboxes of two agents: ada@ and ben@agents.localhost."""
    for name in ("ada", "ben"):
        made = postroom("mailboxes", "create", "--username", name, "--agent", name)
        assert made.code == 0, made.err
    return postroom
