"""The built-in server's doorbell: what is read at once, and what may wait."""

import asyncio

from postroom.index.ids import new_send_id
from postroom.work.doorbell import Doorbell

ADA = "ada@agents.localhost"


async def test_what_a_person_sent_is_read_at_once() -> None:
    bell = Doorbell()
    bell.ring(ADA, "Sent", 7, "answer-1@laptop.test")
    assert bell.take(ADA) == {"Sent": 7}
    bell.ring(ADA, "Sent", 7, "")
    assert bell.take(ADA) == {"Sent": 7}
    bell.close()


async def test_the_copy_of_what_we_sent_may_wait() -> None:
    bell = Doorbell()
    bell.ring(ADA, "Sent", 7, f"{new_send_id()}@agents.localhost")
    bell.ring(ADA, "Sent", 7, f"{new_send_id()}@agents.localhost")
    assert bell.take(ADA) == {}
    async with asyncio.timeout(10):
        assert await bell.answer() == [ADA]
    assert bell.take(ADA) == {"Sent": 7}
    bell.close()


async def test_folders_that_are_not_read_ring_nothing() -> None:
    bell = Doorbell()
    bell.ring(ADA, "Drafts", 7)
    bell.ring(ADA, "Trash", 7)
    assert bell.take(ADA) == {}
