"""The fixtures of `fixtures`, for tests that anyio's own pytest plugin runs (on asyncio):

pytest_plugins = ["postroom.testing.anyio_fixtures"]      # in conftest.py
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from postroom.testing.post_room import SimulatedPostRoom, open_post_room


@pytest.fixture
def anyio_backend() -> str:
    """The room is at home on asyncio."""
    return "asyncio"


@pytest.fixture
def post_room_options() -> dict[str, Any]:
    """What `open_post_room` is told besides the folder; a test module may have one of its own."""
    return {}


@pytest.fixture
async def post_room(
    anyio_backend: str, tmp_path: Path, post_room_options: dict[str, Any]
) -> AsyncIterator[SimulatedPostRoom]:
    """A post room of the test's own, at work."""
    async with open_post_room(tmp_path / "post-room", **post_room_options) as room:
        yield room
