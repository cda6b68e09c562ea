"""IMAP connections for short tasks beside the one that watches: few, as providers allow few."""

from contextlib import AbstractAsyncContextManager

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.pool import ConnectionPool
from postroom.work.ways import Way, Ways

SILENCE_SECONDS = 20.0
"""Patience with a silent server; a search through tens of thousands of sent mails has six times
that (imap/searching.py)."""

WATCHING = 1
"""Connections of a login that its watcher has for itself."""


class Lending:
    """A pool for each way: what the operator allows of a login, without what its watcher has, and
    one in any case."""

    def __init__(self, ways: Ways) -> None:
        self._pools = {
            way.name: ConnectionPool(
                per_login=max(way.allows.connections - WATCHING, 1), timeout=SILENCE_SECONDS
            )
            for way in ways
        }

    def lend(self, way: Way, login: ImapLogin) -> AbstractAsyncContextManager[ImapConnection]:
        """As `ConnectionPool.lend`."""
        return self._pools[way.name].lend(login)

    async def close(self) -> None:
        """Close what is idle, of all ways."""
        for pool in self._pools.values():
            await pool.close()
