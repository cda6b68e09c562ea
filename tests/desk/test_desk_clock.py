"""A machine's clock that is put back, by a person or by a time server, delays nothing."""

import asyncio

import pytest
from desk.test_desk_waiting import asleep
from rooms import Agent, TestClock, eventually, rows

from postroom.build import PostRoom
from postroom.clock import Stopwatch
from postroom.desk.sends import sending
from postroom.desk.waits import waiting

HOUR = 3600.0


async def test_a_wait_ends_in_time_though_the_clock_is_put_back(
    ada: Agent, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_SECONDS", 0.2)
    wait = asyncio.create_task(ada.wait(timeout=0.5))
    await asleep(ada.room, 1)
    clock.jump(-HOUR)
    async with asyncio.timeout(3):
        assert (await wait).outcome == "timeout"


async def test_a_send_is_answered_in_time_though_the_clock_is_put_back(
    quiet_room: PostRoom, ada: Agent, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.5)
    send = asyncio.create_task(ada.send("Hello.", "ben@agents.localhost"))
    await eventually(lambda: quiet_room.index.read(lambda con: rows(con, "SELECT 1 FROM sends")))
    await asleep(quiet_room, 1)
    clock.jump(-HOUR)
    async with asyncio.timeout(3):
        assert (await send).status == "queued"


async def test_a_mail_goes_at_once_though_the_clock_was_put_back_after_it_was_filed(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    await Agent(quiet_room, "ben").open()
    filed = await ada.send("Hello.", "ben@agents.localhost")
    clock.jump(-HOUR)
    await quiet_room.worker.start()
    assert await quiet_room.worker.settled(10)
    wait = await Agent(quiet_room, "ben", "ben@agents.localhost").wait()
    assert filed.status == "queued"
    assert [m.untrusted_text for m in wait.messages] == ["Hello."]


def test_a_stopwatch_goes_by_whichever_clock_went_further() -> None:
    wall, steady = [1000.0], [5.0]
    watch = Stopwatch(lambda: wall[0], lambda: steady[0])
    wall[0], steady[0] = 1002.0, 6.0
    assert watch.elapsed() == 2.0
    wall[0], steady[0] = 0.0, 8.0
    assert watch.elapsed() == 3.0
