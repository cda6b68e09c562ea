"""The door: an LMTP server for one Postfix, or a few, on this machine."""

import asyncio
from pathlib import Path

from postroom.clock import Clock
from postroom.lmtp.envelope import Deliver, Known, Reply
from postroom.lmtp.listening import listen_on_path, listen_on_port, stop_listening
from postroom.lmtp.policy import InletPolicy
from postroom.lmtp.session import LmtpConnection, TurnedAway
from postroom.model.limits import MAX_MESSAGE_BYTES

MAX_CONNECTIONS = 100
"""Postfix opens up to 20 to one destination; macOS gives a process 256 files."""

STOP_SECONDS = 10.0
"""How long mail that is being delivered may take when the inlet stops, and its answer to leave."""


class LmtpInlet:
    """Takes mail in on loopback, on ``port`` (0 chooses a free one) or on a socket at ``path``.

    There is no login: whoever may connect may hand in mail from anybody. On a port that is every
    user of this machine; at a path it is whom ``mode`` lets write to the socket.
    """

    def __init__(
        self,
        deliver: Deliver,
        known: Known,
        *,
        port: int | None = None,
        path: Path | None = None,
        mode: int = 0o660,
        hostname: str,
        clock: Clock,
        max_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        if (port is None) == (path is None):
            raise ValueError("an inlet has a port or a path")
        self._policy = InletPolicy(deliver, known, clock)
        self._port = port
        self._path = path
        self._mode = mode
        self._hostname = hostname
        self._max_bytes = max_bytes
        self._listener: asyncio.Server | None = None
        self._connections: set[LmtpConnection] = set()
        self._deliveries: set[asyncio.Future[list[Reply]]] = set()
        self._gone = asyncio.Event()
        self._stopped = False

    async def start(self) -> int:
        """The port that it listens on; 0 for a path. Raises Unavailable where that is taken."""
        self._stopped = False
        if self._path is not None:
            self._listener = await listen_on_path(self._accept, self._path, self._mode)
            return 0
        self._listener = await listen_on_port(self._accept, self._port or 0)
        return int(self._listener.sockets[0].getsockname()[1])

    def _accept(self) -> asyncio.BaseProtocol:
        # One that was accepted in the last moment is made only after the listener has closed.
        if self._stopped or len(self._connections) >= MAX_CONNECTIONS:
            return TurnedAway()
        connection = LmtpConnection(
            self._policy,
            hostname=self._hostname,
            max_bytes=self._max_bytes,
            deliveries=self._deliveries,
            closed=self._forget,
        )
        self._connections.add(connection)
        return connection

    def _forget(self, connection: LmtpConnection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._gone.set()

    async def stop(self) -> None:
        """Take nothing new, answer what is being delivered, and end all connections: within twice
        STOP_SECONDS. A delivery that takes longer is cancelled, unanswered."""
        if self._listener is None:
            return
        self._stopped = True
        listener, self._listener = self._listener, None
        await stop_listening(listener)
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        for connection in list(self._connections):
            connection.drop()
        await self._let_deliveries_end()
        await self._let_connections_end()

    async def _let_deliveries_end(self) -> None:
        if not self._deliveries:
            return
        _, late = await asyncio.wait(list(self._deliveries), timeout=STOP_SECONDS)
        for delivery in late:
            delivery.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _let_connections_end(self) -> None:
        self._gone.clear()
        if self._connections:
            try:
                await asyncio.wait_for(self._gone.wait(), STOP_SECONDS)
            except TimeoutError:
                for connection in list(self._connections):
                    connection.abort()
