"""One served post room, for every client and judge that asks for it."""

from collections.abc import Iterator

import pytest
from judges.post import Post, serving


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Tests share it: each takes agents of its own names."""
    with serving(tmp_path_factory.mktemp("post")) as served:
        yield served
