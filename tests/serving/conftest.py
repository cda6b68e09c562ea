"""One served post room for tests that change nothing in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from mcp_faces import Serving, serving


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Serving]:
    """Known as mail.example.com, and open to pages of https://app.example.com."""
    wanted = {"hosts": ("mail.example.com",), "origins": ("https://app.example.com",)}
    async with serving(tmp_path, **wanted) as face:
        yield face
