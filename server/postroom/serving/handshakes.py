"""The TLS handshake, bounded as the rest of a connection is (`connection.py`, `crowding.py`).

    accepted ── handshake, HANDSHAKE_SECONDS ──► a connection, with what has come meanwhile

Left to asyncio, a connection is known once its handshake is done, and that may take a minute:
whoever says nothing would be counted nowhere, and hold one of the files that this process may have
open.
"""

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

from postroom.serving.crowding import Crowd

if TYPE_CHECKING:
    from postroom.serving.connection import PatientConnection

HANDSHAKE_SECONDS = 10.0
"""Two round trips and what both sides compute: a bad telephone line has enough of it."""

PARTING_SECONDS = 3.0
"""For the other side to say that it ends, once we have said so (RFC 8446 §6.1)."""


class Handshakes:
    """Those under way."""

    def __init__(
        self, crowd: Crowd, context: ssl.SSLContext, connection: "type[PatientConnection]"
    ) -> None:
        self._crowd = crowd
        self._context = context
        self._connection = connection
        self._under_way = set[_Handshake]()

    def begin(self, **given: Any) -> asyncio.Protocol:
        """What a connection that was accepted begins with, where uvicorn makes a connection of what
        was ``given``."""
        return _Handshake(self._connection(**given), self._context, self._crowd, self._under_way)

    def end(self) -> None:
        """End them: the server was told to stop."""
        for each in tuple(self._under_way):
            each.transport.abort()


class _Handshake(asyncio.Protocol):
    """One of them. What comes with its last words is kept for the connection."""

    transport: asyncio.Transport

    def __init__(
        self,
        connection: "PatientConnection",
        context: ssl.SSLContext,
        crowd: Crowd,
        under_way: "set[_Handshake]",
    ) -> None:
        self._connection = connection
        self._context = context
        self._crowd = crowd
        self._under_way = under_way
        self._early: list[bytes] = []
        self._is_lost = False
        self.network = ""
        self.made_at = 0.0

    @property
    def owes(self) -> bool:
        """Whether something is waited for that is the other side's to say."""
        return not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        loop, peer = asyncio.get_running_loop(), transport.get_extra_info("peername")
        self.transport, self.made_at = transport, loop.time()
        self.network = self._crowd.network(peer[0] if peer else None)
        transport.pause_reading()  # its first words are the handshake's
        self._under_way.add(self)
        there = (*self._under_way, *self._connection.connections)
        self._crowd.came(self, there)
        self._task = loop.create_task(self._shake_hands(), name="tls-handshake")

    def data_received(self, data: bytes) -> None:
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True

    async def _shake_hands(self) -> None:
        try:
            secured = await asyncio.get_running_loop().start_tls(
                self.transport,
                self,
                self._context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=PARTING_SECONDS,
            )
        except OSError:  # it broke off, was no TLS, or took too long
            return
        finally:
            self._under_way.discard(self)
        if secured is None or self._is_lost:
            return
        secured.set_protocol(self._connection)
        self._connection.connection_made(secured)
        for data in self._early:
            self._connection.data_received(data)
