"""Connections for short tasks, few and kept: to look into a folder, to file a copy.

Providers allow few (Gmail 15 of one account, Yahoo 5), and a login costs more than the task. So a
connection is lent, kept a while for the next task, and let go when nobody wants it or when another
login needs its place.

    open of one login ≤ per_login
    open at one host  ≤ per_host      a new connection takes the place of the longest idle one

What counts is what the server counts: a connection that is parting holds its place until it has
gone. Who waits is served in the order of asking.
"""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from functools import partial

from postroom.idle_connections import IdleConnections
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
        self._check_seconds = check_seconds
        self._timeout = timeout
        self._lanes = Lanes()
        """Who uses a place, by account and by host."""
        self._open: dict[Hashable, int] = {}
        """Connections open, by account and by host."""
        self._idle = IdleConnections[ImapConnection, ImapLogin](idle_seconds, self._gone)

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
        if self._idle.closed:
            raise Unavailable("imap_pool_closed", "The program is ending.")

    async def _kept(self, login: ImapLogin) -> ImapConnection | None:
        """The most lately used idle connection of the login that stands."""
        while (found := self._idle.take(login)) is not None:
            connection, idle_for = found
            if await self._stands(connection, login, idle_for):
                return connection
            self._idle.part_with(connection, login)
        return None

    async def _stands(self, connection: ImapConnection, login: ImapLogin, idle_for: float) -> bool:
        if not connection.fit:
            return False
        if idle_for < self._check_seconds:
            return True
        try:
            await connection.noop()
        except PostroomError:
            return False
        except BaseException:
            self._idle.part_with(connection, login)
            raise
        return True

    async def _fresh(self, login: ImapLogin) -> ImapConnection:
        await self._make_room(login)
        self._count(login, 1)
        try:
            return await ImapConnection.open(login, timeout=self._timeout)
        except BaseException:
            self._gone(login)
            raise

    async def _make_room(self, login: ImapLogin) -> None:
        """Wait until one more may be open. Those in use are fewer than the bound, as we hold a
        place ourselves: so there is one that is idle, or one that is parting already."""
        bounds = ((_account(login), self._per_login), (login.host, self._per_host))
        for key, most in bounds:
            while self._open.get(key, 0) >= most:
                self._idle.part_with_longest(partial(_counts_for, key))
                await self._idle.until_one_has_gone()
        self._check_open()

    def _give_back(self, connection: ImapConnection, login: ImapLogin) -> None:
        if connection.fit:
            self._idle.keep(connection, login)
        else:
            self._idle.part_with(connection, login)

    def _gone(self, login: ImapLogin) -> None:
        self._count(login, -1)

    def _count(self, login: ImapLogin, change: int) -> None:
        for key in (_account(login), login.host):
            self._open[key] = self._open.get(key, 0) + change
            if not self._open[key]:
                del self._open[key]

    async def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back. Bounded by the patience
        for a LOGOUT. Never raises."""
        await self._idle.close()


def _account(login: ImapLogin) -> Hashable:
    """Whose connections a provider counts together, whatever they logged in with."""
    return login.host, login.port, login.user


def _counts_for(key: Hashable, login: ImapLogin) -> bool:
    """Whether its connections are among those of this account or host."""
    return key in (_account(login), login.host)
