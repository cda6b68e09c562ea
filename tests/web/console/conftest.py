"""Somebody at the console of a room without workers."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from consoles import pages, sign_in, token_of
from rooms import TestClock

from postroom.build import PostRoom


@pytest.fixture
async def stranger(quiet_room: PostRoom, clock: TestClock) -> AsyncIterator[httpx2.AsyncClient]:
    """Nobody yet."""
    async with pages(quiet_room, clock) as web:
        yield web


@pytest.fixture
async def person(stranger: httpx2.AsyncClient, quiet_room: PostRoom) -> httpx2.AsyncClient:
    """An operator who is signed in."""
    answer = await sign_in(stranger, await token_of(quiet_room))
    assert answer.status_code == 303
    return stranger
