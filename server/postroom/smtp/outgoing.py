"""What we have written on a connection, and whether the system has taken all of it.

    in the clear    protocol ── transport ── system
    TLS             protocol ── SSL transport ── transport ── system

A transport that holds something back pauses whoever writes to it, at once where its limit is next
to nothing, and only taking the last octet ends the pause: a connection that is lost leaves it as
it was. So a pause tells, even afterwards, that the last octet has not left. Over TLS both of them
count, and of the lower one asyncio tells nobody but its own SSL protocol, where it is read.
"""

import asyncio
from typing import Any

from aiosmtplib.protocol import SMTPProtocol

FIRST_LOOK, LONGEST_PAUSE = 0.001, 0.05
"""Seconds between two looks at the lower transport. A mail that the system takes at once, as it
does nearly every one, is never looked at."""


class Outgoing:
    """The sending half of a connection. ``answering`` is done as soon as the server speaks or the
    connection ends: nothing waits any longer then."""

    def __init__(
        self,
        protocol: SMTPProtocol,
        transport: asyncio.WriteTransport,
        answering: "asyncio.Future[Any]",
        timeout: float,
    ) -> None:
        self._protocol = protocol
        self._transport = transport
        self._answering = answering
        self._timeout = timeout
        self._tls: Any = getattr(transport, "_ssl_protocol", None)
        if self._tls is None:
            transport.set_write_buffer_limits(high=0)
            return
        transport.set_write_buffer_limits(high=1)  # an SSL transport pauses *at* its limit
        if self._tls._transport is not None:  # none: lost just now, which is about to be told
            self._tls._transport.set_write_buffer_limits(high=0)

    async def write(self, piece: bytes) -> bool:
        """True where more may be written. Raises TimeoutError where the server reads no further."""
        if self._over:
            return False
        self._protocol.write(piece)
        if self._transport.is_closing():  # nothing else ran since: the write itself failed
            return False
        if self._protocol._paused:
            await self._drained()
        return not self._protocol._paused

    async def write_last(self, piece: bytes) -> bool:
        """True where the system has taken everything, to the last octet."""
        return await self.write(piece) and await self._taken()

    @property
    def _over(self) -> bool:
        return self._answering.done() or self._transport.is_closing()

    async def _drained(self) -> None:
        # What asyncio's own StreamWriter.drain calls; the protocol has it for that purpose.
        draining = asyncio.ensure_future(self._protocol._drain_helper())
        try:
            done, _ = await asyncio.wait(
                {draining, self._answering},
                timeout=self._timeout,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            draining.cancel()
            await asyncio.gather(draining, return_exceptions=True)
        if not done:
            raise TimeoutError

    async def _taken(self) -> bool:
        """Whether the lower transport has come to hold nothing. Nothing rings when it has."""
        if self._tls is None:
            return True
        pause = FIRST_LOOK
        async with asyncio.timeout(self._timeout):
            while self._tls._ssl_writing_paused and not self._over:
                await asyncio.wait({self._answering}, timeout=pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        return not self._tls._ssl_writing_paused
