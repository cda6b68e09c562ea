"""Fixtures for pytest-asyncio, and one for tests that do not await:

    pytest_plugins = ["postroom.testing.fixtures"]      # in conftest.py

    post_room            for `async def` tests
    blocking_post_room   for the others

Nothing is loaded where nobody names this module: an entry point would cost every pytest run on the
machine the time to import it.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

try:
    import pytest
    import pytest_asyncio
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"The fixtures need {error.name}, which comes with the extra `testing`:"
        " pip install 'postroom[testing]', or 'WHEEL[testing]' by the path of a wheel.",
        name=error.name,
    ) from error

from postroom.testing.blocking import BlockingPostRoom, blocking
from postroom.testing.post_room import SimulatedPostRoom, open_post_room


@pytest.fixture
def post_room_options() -> dict[str, Any]:
    """What `open_post_room` is told besides the folder; a test module may have one of its own."""
    return {}


@pytest_asyncio.fixture
async def post_room(
    tmp_path: Path, post_room_options: dict[str, Any]
) -> AsyncIterator[SimulatedPostRoom]:
    """A post room of the test's own, at work."""
    async with open_post_room(tmp_path / "post-room", **post_room_options) as room:
        yield room


@pytest.fixture
def blocking_post_room(
    tmp_path: Path, post_room_options: dict[str, Any]
) -> Iterator[BlockingPostRoom]:
    """The same for a test that does not await."""
    with blocking(tmp_path / "post-room", **post_room_options) as room:
        yield room
