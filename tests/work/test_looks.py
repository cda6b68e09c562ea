"""A look into Sent before an answer goes out: done, or not to be had, and never for long."""

import asyncio

import pytest

from postroom.work import looks
from postroom.work.looks import Looks


async def test_a_login_that_nobody_watches_is_not_waited_for() -> None:
    assert not await Looks().look("work", "work")


async def test_one_look_serves_all_who_asked_before_it_began() -> None:
    asking = Looks(["work"])
    with asking.answered_by("work") as asked:
        both = asyncio.gather(asking.look("work", "work"), asking.look("work", "work"))
        await asyncio.wait_for(asked.begins(), 5)
        with asked.looking():
            late = asyncio.ensure_future(asking.look("work", "work"))
            await asyncio.sleep(0)
        assert list(await both) == [True, True]
        assert asked
        assert not late.done()
    assert await late is False


async def test_a_look_that_fails_keeps_nobody_waiting() -> None:
    asking = Looks(["work"])
    with asking.answered_by("work") as asked:
        look = asyncio.ensure_future(asking.look("work", "work"))
        await asyncio.wait_for(asked.begins(), 5)
        with pytest.raises(ConnectionError), asked.looking():
            raise ConnectionError
        assert await look is False


async def test_a_server_that_is_too_slow_keeps_no_mail_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looks, "PATIENCE_SECONDS", 0.01)
    asking = Looks(["work"])
    with asking.answered_by("work") as asked:
        assert await asking.look("work", "work") is False
        with asked.looking():
            pass  # nobody waits for it any more
