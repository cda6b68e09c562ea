"""Connections that nobody uses now, kept a while for the next task of the same login."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

EARLIEST = 0.001
"""Seconds; a timer may ring so much before its time, and need not be set again for it."""


class Closable(Hashable, Protocol):
    """A connection that parts politely, in bounded time."""

    async def close(self) -> None: ...


C = TypeVar("C", bound=Closable)
L = TypeVar("L")


def _nothing(_: object) -> None: ...


class IdleConnections(Generic[C, L]):
    """Idle connections, each with its login, let go when they have been idle for ``seconds``, and
    none kept where that is 0. ``gone`` is told the login of each one that has been closed."""

    def __init__(self, seconds: float, gone: Callable[[L], None] = _nothing) -> None:
        self._seconds = seconds
        self._gone = gone
        self._idle: OrderedDict[C, tuple[L, float]] = OrderedDict()
        """The longest idle first, each with its login and since when."""
        self._sweep: asyncio.TimerHandle | None = None
        self._partings: set[asyncio.Task[None]] = set()
        self.closed = False
        """Whether nothing is kept any more."""

    def __len__(self) -> int:
        return len(self._idle)

    def keep(self, connection: C, login: L) -> None:
        """Keep it until it is taken, has been idle long enough, or ``close``."""
        if self.closed or self._seconds <= 0:
            self.part_with(connection, login)
            return
        loop = asyncio.get_running_loop()
        self._idle[connection] = (login, loop.time())
        if self._sweep is None:
            self._sweep = loop.call_later(self._seconds, self._let_go)

    def take(self, login: L) -> tuple[C, float] | None:
        """The most lately used one of a login, and for how many seconds it was idle. It is the
        taker's now, to be kept again or parted with."""
        for connection, (owner, since) in reversed(self._idle.items()):
            if owner == login:
                del self._idle[connection]
                return connection, asyncio.get_running_loop().time() - since
        return None

    def part_with_longest(self, among: Callable[[L], bool] = lambda _: True) -> None:
        """Part with the longest idle one of such a login, where there is one."""
        for connection, (owner, _) in self._idle.items():
            if among(owner):
                del self._idle[connection]
                self.part_with(connection, owner)
                return

    def part_with(self, connection: C, login: L) -> None:
        """Close one that is not kept in the background: nobody waits for its last words."""

        async def part() -> None:
            try:
                await connection.close()
            finally:
                self._gone(login)

        parting = asyncio.ensure_future(part())
        self._partings.add(parting)
        parting.add_done_callback(self._partings.discard)

    async def until_one_has_gone(self) -> None:
        """Return when one of those that are parting has gone; there has to be one."""
        await asyncio.wait(self._partings, return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Part with all of them, and return when they have gone; what comes back later is parted
        with then. As bounded as their own ``close``. Never raises."""
        self.closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            connection, (login, _) = self._idle.popitem()
            self.part_with(connection, login)
        if self._partings:
            await asyncio.wait(self._partings)

    def _let_go(self) -> None:
        """Part with what has been idle long enough, and come back when the next one has."""
        self._sweep = None
        loop = asyncio.get_running_loop()
        while self._idle:
            connection, (login, since) = next(iter(self._idle.items()))
            left = since + self._seconds - loop.time()
            if left > EARLIEST:
                self._sweep = loop.call_later(left, self._let_go)
                return
            del self._idle[connection]
            self.part_with(connection, login)
