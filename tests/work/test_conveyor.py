"""Work that goes on while the next load is fetched."""

import asyncio

import pytest

from postroom.work.conveyor import Conveyor

PATIENCE = 5.0


async def test_the_next_load_is_fetched_while_one_is_worked_on() -> None:
    fetched = asyncio.Event()
    done: list[int] = []

    async def work(load: int) -> None:
        await asyncio.wait_for(fetched.wait(), PATIENCE)
        done.append(load)

    async with Conveyor(work) as conveyor:
        await conveyor.put(1)
        assert not done
        fetched.set()
        await conveyor.put(2)
        assert done == [1]
    assert done == [1, 2]


async def test_behind_a_load_that_failed_nothing_is_done() -> None:
    done: list[int] = []

    async def work(load: int) -> None:
        if load == 1:
            raise LookupError("the first one")
        done.append(load)

    async def bring() -> None:
        async with Conveyor(work) as conveyor:
            await conveyor.put(1)
            await conveyor.put(2)

    with pytest.raises(LookupError, match="the first one"):
        await bring()
    assert not done


async def test_a_failure_of_the_last_load_is_told_at_the_end() -> None:
    async def work(load: int) -> None:
        raise LookupError("the only one")

    async def bring() -> None:
        async with Conveyor(work) as conveyor:
            await conveyor.put(1)

    with pytest.raises(LookupError, match="the only one"):
        await bring()


async def test_where_the_fetching_fails_nothing_goes_on_behind_its_back() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def work(load: int) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def bring() -> None:
        async with Conveyor(work) as conveyor:
            await conveyor.put(1)
            await asyncio.wait_for(began.wait(), PATIENCE)
            raise ConnectionError("the line broke")

    with pytest.raises(ConnectionError):
        await bring()
    assert ended.is_set()
