"""A post room that is served, a customer in it, and what each framework is installed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.shell import Program
from examples.story import BEN
from served import Served, served

from postroom.client import Postroom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Served]:
    """Served for the agent `support`."""
    with served(tmp_path / "home", agent="support") as room:
        yield room


@pytest.fixture
def ben(room: Served) -> Iterator[Postroom]:
    """A customer with a mailbox."""
    with Postroom(room.url, room.operators_token) as desk:
        token = desk.tokens.create(agent="ben")
    with Postroom(room.url, token.secret) as post:
        made = post.mailboxes.create(username="ben", display_name="Ben")
        assert made.address == BEN
        yield post


@pytest.fixture
def person(room: Served, tmp_path: Path) -> Program:
    """Whoever runs the post room, at the command line."""
    (tmp_path / "person").mkdir()
    return Program(room.home, tmp_path / "person")
