from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from embedded.postoffice import ADA, BEN, EVE, DictDirectory, Office, post_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A running server with three mailboxes."""
    directory = DictDirectory()
    directory.open(ADA, BEN, EVE)
    async with post_office(tmp_path / "mail.db", directory) as running:
        yield running
