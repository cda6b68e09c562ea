"""One server for all tests of a module: each of them makes what it needs."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from web.rest.rest_rig import Rest, rest_served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rest]:
    async with rest_served(tmp_path_factory.mktemp("rest") / "home") as served:
        yield served
