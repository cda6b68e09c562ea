"""Connections that wait for the next task of their login, real ones to a port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from postroom.idle_connections import IdleConnections

LONG = 60.0


class Line:
    """A connection, which says that it parts only once it may."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.may_part = asyncio.Event()
        self.may_part.set()

    @property
    def is_open(self) -> bool:
        return not self._writer.is_closing()

    async def close(self) -> None:
        await self.may_part.wait()
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def lines() -> AsyncIterator[Callable[[], "asyncio.Future[Line]"]]:
    """What opens a line to a listener, which has to see each of them end."""
    served: set[asyncio.Task[bytes]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(reader.read())
        task.add_done_callback(lambda _: writer.close())
        served.add(task)

    async def line() -> Line:
        port = listener.sockets[0].getsockname()[1]
        return Line(*await asyncio.open_connection("127.0.0.1", port))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield lambda: asyncio.ensure_future(line())
        async with asyncio.timeout(5):
            await asyncio.gather(*served)
    finally:
        listener.close()


async def test_the_most_lately_used_of_a_login_is_taken_and_never_another_logins() -> None:
    async with lines() as line:
        idle = IdleConnections[Line, str](LONG)
        old, alien, new = [await line() for _ in range(3)]
        for connection, login in ((old, "ada"), (alien, "ben"), (new, "ada")):
            idle.keep(connection, login)
        taken = [idle.take("ada") for _ in range(3)]
        assert [found and found[0] for found in taken] == [new, old, None]
        assert all(0 <= found[1] < LONG for found in taken if found)
        assert len(idle) == 1
        for connection in (old, new):
            idle.part_with(connection, "ada")
        await idle.close()


async def test_the_longest_idle_of_those_meant_makes_room() -> None:
    async with lines() as line:
        gone: list[str] = []
        idle = IdleConnections[Line, str](LONG, gone.append)
        for login in ("ada", "ben", "cem", "ben"):
            idle.keep(await line(), login)
        idle.part_with_longest(lambda login: login > "b")
        await idle.until_one_has_gone()
        assert gone == ["ben"]
        idle.part_with_longest()
        await idle.until_one_has_gone()
        assert gone == ["ben", "ada"]
        idle.part_with_longest(lambda login: login == "ada")  # none is left, and none goes
        assert len(idle) == 2
        await idle.close()


async def test_a_connection_counts_until_it_has_gone() -> None:
    async with lines() as line:
        gone: list[str] = []
        idle = IdleConnections[Line, str](LONG, gone.append)
        slow = await line()
        slow.may_part.clear()
        idle.part_with(slow, "ada")
        waiting = asyncio.create_task(idle.until_one_has_gone())
        await asyncio.wait({waiting}, timeout=0.05)
        assert not waiting.done()
        assert gone == []
        slow.may_part.set()
        await asyncio.wait_for(waiting, 5)
        assert gone == ["ada"]
        await idle.close()


async def test_each_goes_when_it_has_been_idle_long_enough() -> None:
    async with lines() as line:
        gone: asyncio.Queue[str] = asyncio.Queue()
        idle = IdleConnections[Line, str](0.05, gone.put_nowait)
        for login in ("ada", "ben"):
            idle.keep(await line(), login)
        assert [await asyncio.wait_for(gone.get(), 5) for _ in range(2)] == ["ada", "ben"]
        assert idle.take("ada") is None
        idle.keep(await line(), "cem")  # the clock runs for who comes later as well
        assert await asyncio.wait_for(gone.get(), 5) == "cem"


async def test_nothing_is_kept_after_the_end_or_where_nothing_may_be() -> None:
    async with lines() as line:
        ended = IdleConnections[Line, str](LONG)
        kept = await line()
        ended.keep(kept, "ada")
        await ended.close()
        assert not kept.is_open
        for idle in (ended, IdleConnections[Line, str](0.0)):
            late = await line()
            idle.keep(late, "ada")
            assert idle.take("ada") is None
            await idle.close()
            assert not late.is_open
