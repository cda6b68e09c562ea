"""One LMTP connection: aiosmtpd's protocol, with a reply for each recipient after the data."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine

from aiosmtpd.lmtp import LMTP

from postroom.lmtp.envelope import Reply
from postroom.lmtp.forwarding import read_forwarded
from postroom.lmtp.paths import read_path
from postroom.lmtp.policy import InletPolicy
from postroom.maildata import TooLarge, read_data

MAX_COMMAND_BYTES = 4096
"""A command line, bytes: an address of an SRS or VERP sender is longer than RFC 5321 §4.5.3.1.3
allows, and is a mail lost where it is refused."""

IDLE_SECONDS = 300.0
"""For the next command, and for a whole message with its verdicts (RFC 5321 §4.5.3.2.7)."""


class LmtpConnection(LMTP):
    """What one client says and is told. ``closed`` is called once, when it has gone."""

    line_length_limit = 64 * 1024  # the size of the pieces in which a connection is read

    def __init__(
        self,
        policy: InletPolicy,
        *,
        hostname: str,
        max_bytes: int,
        deliveries: set[asyncio.Future[list[Reply]]],
        closed: Callable[["LmtpConnection"], None],
    ) -> None:
        # aiosmtpd keeps this in the class, shared and cleared by each new connection.
        self.command_size_limits = defaultdict(lambda: MAX_COMMAND_BYTES)
        self.command_size_limit = MAX_COMMAND_BYTES
        super().__init__(
            policy,
            hostname=hostname,
            ident="Postroom LMTP",
            data_size_limit=max_bytes,
            enable_SMTPUTF8=True,
            decode_data=False,
            timeout=IDLE_SECONDS,
            command_call_limit={"*": sys.maxsize},
            loop=asyncio.get_running_loop(),
        )
        self._policy = policy
        self._max_bytes = max_bytes
        self._deliveries = deliveries
        self._closed_by = closed
        self._delivering = False
        self._dropped = False
        self._forwarded: dict[str, str] = {}

    def connection_lost(self, error: Exception | None) -> None:
        self._closed_by(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """A client that says no more while its mail is delivered may still listen."""
        if not self._delivering:
            return bool(super().eof_received())
        self._dropped = True
        return True

    def drop(self) -> None:
        """End the connection; a mail that is being delivered is answered first."""
        self._dropped = True
        if not self._delivering and isinstance(self.transport, asyncio.Transport):
            self.transport.write(b"421 4.3.2 The inlet is closing\r\n")
            self.transport.close()

    def abort(self) -> None:
        """End the connection whatever the client has not read yet."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def check_helo_needed(self, helo: str = "LHLO") -> bool:
        return bool(await super().check_helo_needed("LHLO"))

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return read_path(arg) or (None, None)

    def _set_post_data_state(self) -> None:
        """What was said by XFORWARD holds for one mail."""
        super()._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd's
        self._forwarded = {}

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        """May come several times before MAIL: each says more."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        said = read_forwarded(arg or "")
        if self.envelope.mail_from:
            await self.push("503 5.5.1 Error: MAIL transaction in progress")
        elif said is None:
            await self.push("501 5.5.4 Syntax: XFORWARD attribute=value")
        else:
            self._forwarded |= said
            await self.push("250 2.0.0 Ok")

    async def smtp_DATA(self, arg: str | None) -> None:
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")  # RFC 2033 §4.2
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            replies = await self._take_data()
            self._set_post_data_state()
            await self.push("\r\n".join(replies))
            if self._dropped:
                self.drop()

    async def _take_data(self) -> list[str]:
        """One reply for each recipient that was taken (RFC 2033 §4.2)."""
        assert self.session is not None
        assert self.envelope is not None
        try:
            raw = await read_data(self._reader, self._max_bytes)
        except TooLarge:
            reply = f"552 5.3.4 A message has at most {self._max_bytes} bytes"
            return [reply] * len(self.envelope.rcpt_tos)
        told = self._policy.verdicts(self.session, self.envelope, self._forwarded, raw)
        return [verdict.value for verdict in await self._to_its_end(told)]

    async def _to_its_end(self, told: Coroutine[None, None, list[Reply]]) -> list[Reply]:
        """The verdicts. A commit goes on to its end though the client may go away."""
        delivery = asyncio.ensure_future(told)
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)
        self._delivering = True
        try:
            return await asyncio.shield(delivery)
        finally:
            self._delivering = False


class TurnedAway(asyncio.Protocol):
    """A connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections; try again later\r\n")
        transport.close()
