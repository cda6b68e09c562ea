"""Connections for short tasks, few and kept: to look into a folder, to file a copy.

Providers allow few (Gmail 15 of one account, Yahoo 5), and a login costs more than the task. So a
connection is lent, kept a while for the next task, and let go when nobody wants it or when another
login needs its place.

    open of one login ≤ per_login
    open at one host  ≤ per_host      a new connection takes the place of the longest idle one

What counts is what the server counts: a connection that is parting holds its place until it has
gone. Who waits is served in the order of asking.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.lanes import Lanes
from postroom.model.errors import PostroomError, Unavailable


class ConnectionPool:
    """Lends connections, each to one task at a time.

    ``timeout`` (seconds) is the patience for a silent server; a connection that was idle for
    ``check_seconds`` is asked whether it still stands before it is lent, and one idle for
    ``idle_seconds`` is closed. Whoever holds one and asks for another of the same login may wait
    for itself.
    """

    def __init__(
        self,
        *,
        per_login: int = 3,
        per_host: int = 100,
        idle_seconds: float = 60.0,
        check_seconds: float = 10.0,
        timeout: float = 10.0,
    ) -> None:
        self._per_login = per_login
        self._per_host = per_host
        self._idle_seconds = idle_seconds
        self._check_seconds = check_seconds
        self._timeout = timeout
        self._lanes = Lanes()
        """Who uses a place, by account and by host."""
        self._idle: OrderedDict[ImapConnection, tuple[ImapLogin, float]] = OrderedDict()
        """Idle connections, the longest idle first, each with its login and since when."""
        self._open: dict[Hashable, int] = {}
        """Connections open, by account and by host."""
        self._sweep: asyncio.TimerHandle | None = None
        self._partings: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def lend(self, login: ImapLogin) -> AsyncIterator[ImapConnection]:
        """A connection, logged in. Which folder is open is left over from before: select one.

        Raises what ``ImapConnection.open`` raises, and Unavailable after ``close``. A kept
        connection that has ended is replaced, and the borrower does not notice.
        """
        async with (
            self._lanes.place(_account(login), self._per_login),
            self._lanes.place(login.host, self._per_host),
        ):
            self._check_open()
            connection = await self._kept(login) or await self._fresh(login)
            try:
                yield connection
            finally:
                self._give_back(connection, login)

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("imap_pool_closed", "The program is ending.")

    async def _kept(self, login: ImapLogin) -> ImapConnection | None:
        """The most lately used idle connection of the login that stands."""
        while (found := self._latest_idle(login)) is not None:
            connection, since = found
            if await self._stands(connection, login, since):
                return connection
            self._part_with(connection, login)
        return None

    def _latest_idle(self, login: ImapLogin) -> tuple[ImapConnection, float] | None:
        """Taken out of the idle ones, with when it became idle."""
        for connection, (owner, since) in reversed(self._idle.items()):
            if owner == login:
                del self._idle[connection]
                return connection, since
        return None

    async def _stands(self, connection: ImapConnection, login: ImapLogin, since: float) -> bool:
        if not connection.fit:
            return False
        if asyncio.get_running_loop().time() - since < self._check_seconds:
            return True
        try:
            await connection.noop()
        except PostroomError:
            return False
        except BaseException:
            self._part_with(connection, login)
            raise
        return True

    async def _fresh(self, login: ImapLogin) -> ImapConnection:
        await self._make_room(login)
        self._count(login, 1)
        try:
            return await ImapConnection.open(login, timeout=self._timeout)
        except BaseException:
            self._count(login, -1)
            raise

    async def _make_room(self, login: ImapLogin) -> None:
        """Wait until one more may be open. Those in use are fewer than the bound, as we hold a
        place ourselves: so there is one that is idle, or one that is parting already."""
        bounds = ((_account(login), self._per_login), (login.host, self._per_host))
        for key, most in bounds:
            while self._open.get(key, 0) >= most:
                self._let_go_of(key)
                await asyncio.wait(self._partings, return_when=asyncio.FIRST_COMPLETED)
        self._check_open()

    def _let_go_of(self, key: Hashable) -> None:
        """Part with the longest idle connection of an account or a host, where there is one."""
        for connection, (owner, _) in self._idle.items():
            if key in (_account(owner), owner.host):
                del self._idle[connection]
                self._part_with(connection, owner)
                return

    def _give_back(self, connection: ImapConnection, login: ImapLogin) -> None:
        if not connection.fit or self._closed or self._idle_seconds <= 0:
            self._part_with(connection, login)
            return
        loop = asyncio.get_running_loop()
        self._idle[connection] = (login, loop.time())
        if self._sweep is None:
            self._sweep = loop.call_later(self._idle_seconds, self._let_idle_go)

    def _let_idle_go(self) -> None:
        """Part with what has been idle long enough, and come back when the next one has."""
        self._sweep = None
        loop = asyncio.get_running_loop()
        while self._idle:
            connection, (login, since) = next(iter(self._idle.items()))
            left = since + self._idle_seconds - loop.time()
            if left > 0.001:
                self._sweep = loop.call_later(left, self._let_idle_go)
                return
            del self._idle[connection]
            self._part_with(connection, login)

    def _part_with(self, connection: ImapConnection, login: ImapLogin) -> None:
        """Close it in the background; its place is free when it has gone."""

        async def part() -> None:
            try:
                await connection.close()
            finally:
                self._count(login, -1)

        parting = asyncio.ensure_future(part())
        self._partings.add(parting)
        parting.add_done_callback(self._partings.discard)

    def _count(self, login: ImapLogin, change: int) -> None:
        for key in (_account(login), login.host):
            self._open[key] = self._open.get(key, 0) + change
            if not self._open[key]:
                del self._open[key]

    async def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back. Bounded by the patience
        for a LOGOUT. Never raises."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            connection, (login, _) = self._idle.popitem()
            self._part_with(connection, login)
        if self._partings:
            await asyncio.wait(self._partings)


def _account(login: ImapLogin) -> Hashable:
    """Whose connections a provider counts together, whatever they logged in with."""
    return login.host, login.port, login.user
