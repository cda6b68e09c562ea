"""A room whose operator lists the receiver."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rooms import Agent, Postman, TestClock
from webhooks.receiver import Receiver
from webhooks.telling import Room

from postroom.accounts.webhooks import Webhooks
from postroom.build import PostRoom
from postroom.settings import Operator, Settings

NAME = "hooks.internal.example"
"""A name that the operator lists; a test says what it leads to."""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    allow = (f"127.0.0.1:{receiver.port}", f"{NAME}:{receiver.port}")
    return Settings(home=home.resolve(), operator=Operator(webhooks=Webhooks(allow=allow)))


@pytest.fixture
async def telling(
    quiet_room: PostRoom, ada: Agent, postman: Postman, receiver: Receiver, clock: TestClock
) -> Room:
    room = Room(quiet_room, ada, postman, receiver, clock)
    await room.letter("before")
    return room
