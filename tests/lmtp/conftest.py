from collections.abc import AsyncIterator

import pytest
from lmtp.inlets import Post, Running, running


@pytest.fixture
async def inlet() -> AsyncIterator[Running]:
    """An inlet on a loopback port."""
    async with running(Post()) as run:
        yield run
