"""aioimaplib's protocol, with a receive path that holds.

What it does over aioimaplib 2.0.3 (November 2026):

    there                                             here
    each response a recursion, ten thousand hang      a loop
    a FETCH rescanned at each line, quadratic         each octet read once
    every "* " inside data stripped                   data left alone
    EXISTS in the midst of a FETCH lost               told to whoever listens
    a closed connection fails nothing                 fails the command, and every later one
    a BYE as greeting hangs                           fails at once
    passwords in debug logs and in exceptions         never written anywhere
    no literals as arguments                          literals

Kept from it: tags, the table of commands and the states they are legal in, sending, pairing a
command with its end.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from aioimaplib.aioimaplib import (
    AUTH,
    LOGOUT,
    NONAUTH,
    SELECTED,
    Abort,
    Command,
    IMAP4ClientProtocol,
)

from postroom.imap.grammar import Argument, command_pieces
from postroom.imap.responses import (
    Response,
    ResponseReader,
    Untagged,
    garbage,
    tagged_of,
    untagged_of,
)
from postroom.model.errors import ConnectionLost, PeerError

__all__ = ["AUTH", "NONAUTH", "Abort", "Exchange", "ImapWire", "again"]

MAX_COLLECTED = 128 * 1024 * 1024
"""Octets of answers to one command, with what it costs to keep them. We ask for 16 MB, or for one
message, at a time; a server may be wrong about sizes, but not that wrong."""

RESPONSE_OCTETS, PART_OCTETS = 256, 64
"""What Python needs for each response and each part of one besides their octets (measured, 3.11 to
3.13): a server that repeats ``* 1 FETCH ()`` for ever would have us hold gigabytes. No more than
it is: after somebody marked a folder as read, 100,000 short answers to one command are honest."""


class Exchange(Command):  # type: ignore[misc]  # aioimaplib publishes no types
    """A command and the responses to it."""

    def __init__(
        self,
        name: str,
        tag: str,
        arguments: tuple[Argument, ...],
        wanted: frozenset[str],
        unneeded: frozenset[str],
    ) -> None:
        super().__init__(name, tag)
        self.pieces = deque(command_pieces((tag, *arguments)))
        self.wanted = wanted
        self.unneeded = unneeded
        """Responses that belong to it as well, and are not kept."""
        self.responses: list[Untagged] = []
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """IDLE: done when the server is listening."""
        self._collected = 0

    def __repr__(self) -> str:
        """Without its arguments: one of them may be a password."""
        return f"{self.tag} {self.name}"

    @property
    def status(self) -> str:
        """How it ended: OK, NO or BAD."""
        return str(self.response.result).upper()

    @property
    def text(self) -> bytes:
        """What the server said at its end."""
        return bytes(self.response.lines[-1])

    def collect(self, told: Untagged) -> None:
        """Keep a response that belongs to this command."""
        self._collected += RESPONSE_OCTETS + sum(PART_OCTETS + len(part) for part in told.parts)
        if self._collected > MAX_COLLECTED:
            raise garbage("an answer never ends")
        self.responses.append(told)

    def fail(self, error: PeerError) -> None:
        """End it without an answer."""
        self._exception = error
        self._event.set()


class ImapWire(IMAP4ClientProtocol):  # type: ignore[misc]  # aioimaplib publishes no types
    """One connection, from greeting to end. ``hear`` is told what no command asked for."""

    transport: asyncio.Transport | None

    def __init__(self, hear: Callable[[Untagged], None], ended: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self.greeting: asyncio.Future[Untagged] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.failure: PeerError | None = None
        """Why no command can be given any more."""
        self.heard_at = loop.time()
        """When anything last arrived, by the loop's clock."""
        self._hear = hear
        self._ended = ended
        self._reader = ResponseReader()
        self._sealed = False
        """Whether nothing more may arrive in the clear: TLS is about to begin."""

    # What the transport calls

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        if self.failure is not None:
            return
        try:
            for response in self._reader.feed(data):
                self._check_seal()
                self._route(response)
                if self.failure is not None:
                    return
            if self._reader.amid_response:
                self._check_seal()
        except PeerError as error:
            self.fail(error)

    def tls_began(self, transport: asyncio.Transport) -> None:
        """Go on over this transport, with nothing kept of what was heard before."""
        self.transport = transport
        self._reader = ResponseReader()
        self._sealed = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(ConnectionLost("imap_connection_lost", "The IMAP server ended the connection."))
        super().connection_lost(exc)
        self.state = LOGOUT
        if not self.closed.done():
            self.closed.set_result(None)

    def fail(self, error: PeerError) -> None:
        """End the connection, and with it whatever waits for something to come of it."""
        if self.failure is not None:
            return
        self.failure = error
        if not self.greeting.done():
            self.greeting.set_exception(error)
            self.greeting.exception()  # retrieved: nobody may be waiting for it
        exchange = self.current
        if exchange is not None:
            exchange.fail(error)
        self._ended()
        if self.transport is not None:
            self.transport.abort()

    def folder_is_open(self, is_open: bool) -> None:
        """Which commands are legal now."""
        self.state = SELECTED if is_open else AUTH

    # Receiving

    def _check_seal(self) -> None:
        """Octets between the answer to STARTTLS and the handshake were put there by somebody who
        wants them taken for the server's (RFC 9051 §11.1, "STARTTLS injection")."""
        if self._sealed:
            raise PeerError(
                "imap_starttls_injection",
                "Something was said in the clear after TLS was agreed upon; nothing was sent.",
                "Somebody may be changing what the server says. Use TLS from the start (port 993).",
            )

    def _route(self, response: Response) -> None:
        if response.head.startswith(b"* "):
            self._told(untagged_of(response))
        elif not self.greeting.done():
            raise garbage("its greeting is not IMAP")
        elif response.head.startswith(b"+"):
            self._go_on()
        elif response.head:
            self._command_ended(response)

    def _told(self, told: Untagged) -> None:
        exchange = self.current
        if not self.greeting.done():
            self.greeting.set_result(told)
        elif told.name == "BYE" and (exchange is None or exchange.name != "LOGOUT"):
            self.fail(ConnectionLost("imap_bye", "The IMAP server ended the session."))
        elif exchange is not None and told.name in exchange.wanted:
            exchange.collect(told)
        elif exchange is None or told.name not in exchange.unneeded:
            self._hear(told)

    def _go_on(self) -> None:
        """The server waits for the rest of a command, or listens for IDLE's end."""
        exchange = self.current
        if exchange is not None and exchange.pieces:
            self.write(exchange.pieces.popleft())
        elif exchange is not None and not exchange.started.done():
            exchange.started.set_result(None)

    def _command_ended(self, response: Response) -> None:
        ended = tagged_of(response)
        exchange = self.current
        if exchange is None or exchange.tag != ended.tag:
            raise garbage("it ended a command that we did not give")
        self._response_done(response.head)
        if exchange.name == "STARTTLS" and ended.status == "OK":
            self._seal()

    def _seal(self) -> None:
        """Leave what arrives now to the handshake, which fails where it is none."""
        self._sealed = True
        if self.transport is not None:
            self.transport.pause_reading()

    @property
    def current(self) -> Exchange | None:
        """The command under way. We give one at a time, so there is no question whose an answer
        is; aioimaplib keeps those that must be alone apart from those that need not."""
        current: Exchange | None = self.pending_sync_command
        if current is not None:
            return current
        return next(iter(self.pending_async_commands.values()), None)

    # Sending

    async def execute(self, command: Exchange, scrub: str | None = None) -> None:
        if self.failure is not None:
            raise again(self.failure)
        self._next = command
        await super().execute(command)

    def send(self, line: str, scrub: str | None = None) -> None:
        """Write the first piece of the command that aioimaplib has just made current. ``line`` is
        its repr, and is not written: neither there nor in a log may a password appear."""
        self.write(self._next.pieces.popleft())

    def write(self, octets: bytes) -> None:
        if self.transport is not None:
            self.transport.write(octets)


def again(error: PeerError) -> PeerError:
    """The same error anew: each raise of one object would add to one ever longer traceback."""
    return type(error)(error.code, error.message, error.next_step)
