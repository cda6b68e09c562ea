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


async def test_a_copy_that_waited_is_told_of_in_the_folder_that_is_sent_by_then() -> None:
    bell = Doorbell()
    bell.ring(ADA, "Sent", 7, f"{new_send_id()}@agents.localhost")
    bell.ring(ADA, "Sent", 8, "answer-1@laptop.test")
    assert bell.take(ADA) == {"Sent": 8}
    async with asyncio.timeout(10):
        while not (told := bell.take(ADA)):
            await bell.answer()
    assert told == {"Sent": 8}
    bell.close()


async def test_nothing_is_kept_of_an_address_once_its_copies_were_told_of() -> None:
    bell = Doorbell()
    for number in range(3):
        address = f"agent{number}@agents.localhost"
        bell.ring(address, "Sent", 7, f"{new_send_id()}@agents.localhost")
        bell.ring(f"person{number}@agents.localhost", "Sent", 7, "answer-1@laptop.test")
    taken: dict[str, dict[str, int]] = {}
    async with asyncio.timeout(10):
        while len(taken) < 6:
            taken |= {address: bell.take(address) for address in await bell.answer()}
    assert not any((bell._sent, bell._later, bell._rung, bell._events))
    bell.close()


async def test_folders_that_are_not_read_ring_nothing() -> None:
    bell = Doorbell()
    bell.ring(ADA, "Drafts", 7)
    bell.ring(ADA, "Trash", 7)
    assert bell.take(ADA) == {}
