"""One command at a time, each bounded in time.

Two clocks run for each command: ``timeout``, the patience for silence, and ``patience``, for the
whole answer, so that a server that drips an octet a second does not hold us for a year.

A caller may be cancelled in the midst of a command. The command goes on without it; the next
one first waits, bounded, until it has ended.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from postroom.imap.grammar import Argument
from postroom.imap.news import FolderNews
from postroom.imap.protocol import Abort, Exchange, ImapWire, again
from postroom.imap.responses import Untagged
from postroom.model.errors import Conflict, PeerError, PeerTimeout

WHOLE_ANSWER = 6
"""The whole answer may take so many times the patience for silence …"""

SLOWEST_OCTETS = 32 * 1024
"""… and a second more for each so many octets that we asked for, or send."""


@dataclass(frozen=True)
class Reply:
    """What came of a command."""

    status: str
    """OK, NO or BAD."""
    text: bytes
    """What the server said at the end: response code and words."""
    responses: tuple[Untagged, ...]

    @property
    def ok(self) -> bool:
        return self.status == "OK"


class Dialogue:
    """Commands and answers on one connection."""

    def __init__(self, wire: ImapWire, news: FolderNews, timeout: float) -> None:
        self.wire = wire
        self.news = news
        self.timeout = timeout
        self.capabilities: frozenset[str] = frozenset()
        """What the server can do, upper case, as far as it turned out to be true."""
        self._under_way: asyncio.Task[None] | None = None
        self._in_use = False

    @property
    def fit(self) -> bool:
        """Whether the connection stands and no command is under way."""
        settled = self._under_way is None or self._under_way.done()
        return self.wire.failure is None and settled and not self._in_use

    def check(self) -> None:
        """Raise what ended the connection, where something has."""
        if self.wire.failure is not None:
            raise again(self.wire.failure)

    def disown(self, capability: str) -> None:
        """Never again ask for what the server says it can do and then does not understand."""
        self.capabilities -= {capability}

    async def ask(
        self,
        name: str,
        *arguments: Argument,
        wanted: str = "",
        unneeded: str = "",
        octets: int = 0,
        uid: bool = False,
        then: tuple[bytes, ...] = (),
        patience: int = 1,
    ) -> Reply:
        """The answer to a command. ``wanted`` names the responses that belong to it, ``unneeded``
        those that come with it and are neither kept nor news, ``octets`` is how much we ask for or
        send, ``then`` are lines of ours, each written when the server asks us to go on,
        ``patience`` is how many times the usual silence to bear.
        ConnectionLost, PeerTimeout or PeerError otherwise."""
        with self._alone():
            await self._settle()
            words = ("UID", name) if uid else (name,)
            exchange = self._begin(name, (*words, *arguments), wanted, unneeded, then)
            await self._end_of(octets, patience)
            return Reply(exchange.status, exchange.text, tuple(exchange.responses))

    async def idle(self, seconds: float) -> Reply:
        """The answer to an IDLE (RFC 2177) that ends with news, or after so many seconds."""
        with self._alone():
            await self._settle()
            news = self.news.coming()
            exchange = self._begin("IDLE", ("IDLE",))
            try:
                await self._first_of(exchange.started, self.timeout)
                if exchange.started.done():
                    await self._first_of(news, seconds)
                else:
                    self._fail_when_silent()
            finally:
                self._hush(exchange)
            await self._end_of(0)
            return Reply(exchange.status, exchange.text, ())

    def _begin(
        self,
        name: str,
        arguments: tuple[Argument, ...],
        wanted: str = "",
        unneeded: str = "",
        then: tuple[bytes, ...] = (),
    ) -> Exchange:
        self.check()
        kept, passed_by = frozenset(wanted.split()), frozenset(unneeded.split())
        exchange = Exchange(name, self.wire.new_tag(), arguments, kept, passed_by)
        exchange.pieces.extend(then)
        self._under_way = asyncio.ensure_future(self.wire.execute(exchange))
        self._under_way.add_done_callback(_seen)
        return exchange

    async def _first_of(self, event: "asyncio.Future[None]", seconds: float) -> None:
        """Return at the event, at the end of the command, or after so many seconds."""
        if self._under_way is not None:
            both: set[asyncio.Future[None]] = {event, self._under_way}
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _hush(self, exchange: Exchange) -> None:
        """Say DONE, now or as soon as the server listens; nothing where it has ended by itself."""

        def done(_: object) -> None:
            if self.wire.current is exchange:
                self.wire.write(b"DONE\r\n")

        if exchange.started.done():
            done(exchange)
        else:
            exchange.started.add_done_callback(done)

    async def _settle(self) -> None:
        """Wait for a command whose caller was cancelled; how it ended is of no interest."""
        if self._under_way is not None and not self._under_way.done():
            await self._end_of(0)

    async def _end_of(self, octets: int, patience: int = 1) -> None:
        """Return when the command under way has ended, or raise what ended the connection."""
        task = self._under_way
        if task is None:
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        latest = began + WHOLE_ANSWER * self.timeout + octets / SLOWEST_OCTETS
        while not task.done():
            silent = max(began, self.wire.heard_at) + patience * self.timeout
            left = min(silent, latest) - loop.time()
            if left <= 0:
                self._fail_when_silent()
            await asyncio.wait({task}, timeout=max(left, 0))
        _raise_failure(task)

    def _fail_when_silent(self) -> None:
        if self._under_way is not None and not self._under_way.done():
            self.wire.fail(PeerTimeout("imap_timeout", "The IMAP server did not answer in time."))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command at a time: answers do not say whose they are."""
        if self._in_use:
            raise Conflict(
                "imap_connection_busy", "A command is under way on this connection already."
            )
        self._in_use = True
        try:
            yield
        finally:
            self._in_use = False


def _seen(task: "asyncio.Task[None]") -> None:
    """Take note of how a command ended: whoever asked may be gone, and that is no error."""
    if not task.cancelled():
        task.exception()


def _raise_failure(task: "asyncio.Task[None]") -> None:
    error = task.exception()
    if isinstance(error, PeerError):
        raise again(error)
    if isinstance(error, Abort):
        raise Conflict("imap_wrong_state", "The command is not legal now: no folder is open.")
    if error is not None:
        raise error
