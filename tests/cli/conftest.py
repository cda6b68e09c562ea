"""A post room of the test's own, and the program on it."""

from pathlib import Path

import pytest
from cli.shell import Program


@pytest.fixture
def postroom(tmp_path: Path) -> Program:
    person = tmp_path / "person"
    person.mkdir()
    return Program(tmp_path / "home", person)


@pytest.fixture
def two_mailboxes(postroom: Program) -> Program:
    """A post room with mailboxes of two agents: ada@ and ben@agents.localhost."""
    for name in ("ada", "ben"):
        made = postroom("mailboxes", "create", "--username", name, "--agent", name)
        assert made.code == 0, made.err
    return postroom
