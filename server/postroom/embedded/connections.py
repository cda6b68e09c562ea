"""Who is connected, so that strangers cannot crowd out those who have logged in.

A stranger (not logged in) has a deadline that no traffic extends, and when there are too many the
oldest one goes: an honest client logs in within milliseconds and is hardly ever the oldest.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

MAX_STRANGERS = 64
"""Connections that have not logged in, both protocols together. macOS gives a process 256 files."""

STRANGER_SECONDS = 30.0
"""Time to log in, from the first byte of the connection."""

MAX_PER_MAILBOX = 40
"""Connections logged in to one mailbox: a mail program opens five or so, a watcher two."""


class Connection(Protocol):
    def drop(self) -> None:
        """Ends the connection now, whatever it is doing."""
        ...


class Connections:
    """All live connections of the built-in server."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._strangers: dict[Connection, asyncio.TimerHandle] = {}
        self._logged_in: dict[str, set[Connection]] = {}

    def opened(self, connection: Connection) -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            self._drop_stranger(next(iter(self._strangers)))
        deadline = self._loop.call_later(STRANGER_SECONDS, self._drop_stranger, connection)
        self._strangers[connection] = deadline

    def logged_in(self, connection: Connection, address: str) -> bool:
        """Whether it may stay: False where the mailbox has too many connections already."""
        connected = self._logged_in.setdefault(address, set())
        if len(connected) >= MAX_PER_MAILBOX:
            return False
        self._forget_stranger(connection)
        connected.add(connection)
        return True

    def closed(self, connection: Connection) -> None:
        self._forget_stranger(connection)
        for address, connected in list(self._logged_in.items()):
            connected.discard(connection)
            if not connected:
                del self._logged_in[address]

    def drop_all(self) -> None:
        self._drop([*self._strangers, *(c for group in self._logged_in.values() for c in group)])

    def drop_mailbox(self, address: str) -> None:
        self._drop(list(self._logged_in.get(address, ())))

    def _drop(self, connections: Iterable[Connection]) -> None:
        for connection in connections:
            connection.drop()
            self.closed(connection)

    def _drop_stranger(self, connection: Connection) -> None:
        self._forget_stranger(connection)
        connection.drop()

    def _forget_stranger(self, connection: Connection) -> None:
        deadline = self._strangers.pop(connection, None)
        if deadline is not None:
            deadline.cancel()
