"""One IMAP connection: pymap's protocol with bounds on what a client may make us hold."""

import asyncio
import logging
import secrets
from asyncio import StreamReader, StreamWriter
from contextlib import AsyncExitStack, suppress
from typing import Any

from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command import Command
from pymap.parsing.response import Response, ResponseBye
from pymap.parsing.state import ExpectContinuation, ParsingInterrupt
from pysasl.creds.server import ServerCredentials
from pysasl.exception import AuthenticationError

from postroom.embedded.connections import Connections
from postroom.embedded.imap_commands import BoundedCommands
from postroom.embedded.imap_login import ImapConfig, Login
from postroom.embedded.imap_output import OUTPUT, Output
from postroom.embedded.imap_state import LoginState
from postroom.embedded.strangers import is_web_request
from postroom.model.limits import MAX_MESSAGE_BYTES

_log = logging.getLogger(__name__)

MAX_LINE_BYTES = 64 * 1024
"""A command line, bytes: a UID set of thousands of numbers fits (RFC 7162 §4 asks for 8,192)."""

MAX_STRANGER_LITERAL_BYTES = 4096
"""All literals of one command before login, bytes: a user name and a password."""

MAX_LITERAL_BYTES = 2 * MAX_MESSAGE_BYTES
"""All literals of one command after login, bytes (MULTIAPPEND sends several messages at once)."""

MAX_LITERALS = 200
"""Literals in one command; pymap parses the command anew after each."""

CLOSE_SECONDS = 1.0
"""How long the last answers may take to leave."""


class NoFurther(EOFError):
    """The client sent what it may not; it has been told, and pymap ends the connection."""


class BoundedConnection(IMAPConnection):
    """pymap's reading of commands, with a budget for each command."""

    __slots__ = ("_budget", "_has_spoken", "_literals")

    _budget: int
    _literals: int
    _has_spoken: bool

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._has_spoken = False

    async def read_command(self, state: ConnectionState) -> Command:
        known = isinstance(state, LoginState) and state.is_logged_in
        self._budget = MAX_LITERAL_BYTES if known else MAX_STRANGER_LITERAL_BYTES
        self._literals = MAX_LITERALS
        return await super().read_command(state)

    async def authenticate(
        self, state: ConnectionState, mech_name: bytes
    ) -> ServerCredentials | None:
        try:
            return await super().authenticate(state, mech_name)
        except UnicodeDecodeError:
            raise AuthenticationError("Names and passwords are UTF-8.") from None

    async def write_response(self, resp: Response) -> None:
        """As pymap's, which formats each answer once more for a log that is off."""
        output = OUTPUT.get()
        with suppress(ConnectionError):
            await resp.async_write(output)
            await output.flush()

    async def readline(self) -> memoryview:
        line = await self._line()
        if not self._has_spoken and is_web_request(line):
            raise await self._no_further(b"This is a mail server.")
        self._has_spoken = True
        while (literal := self._literal_plus.search(line[-32:])) is not None:
            line += await self._literal(int(literal[1]))
            line += await self._line()
        return memoryview(line)

    async def read_continuation(self, literal_length: int) -> memoryview:
        literal = await self._literal(literal_length)
        return memoryview(literal + await self.readline())

    async def _interrupt(
        self,
        state: ConnectionState,
        interrupt: ParsingInterrupt,
        continuations: list[memoryview],
    ) -> None:
        expected = interrupt.expected
        if isinstance(expected, ExpectContinuation) and expected.literal_length > self._budget:
            raise await self._no_further(b"Literal too large.")  # before the client is asked for it
        await super()._interrupt(state, interrupt, continuations)

    async def _line(self) -> bytearray:
        try:
            line = await self.reader.readline()
        except ValueError:  # longer than the reader's limit
            raise await self._no_further(b"Line too long.") from None
        if not line.endswith(b"\n"):
            raise EOFError
        return bytearray(line)

    async def _literal(self, size: int) -> bytearray:
        self._budget -= size
        self._literals -= size > 0
        if self._budget < 0 or self._literals < 0:
            raise await self._no_further(b"Literal too large.")
        return bytearray(await self.reader.readexactly(size))

    async def _no_further(self, why: bytes) -> NoFurther:
        await self.write_response(ResponseBye(why))
        return NoFurther(why)


class ImapServer:
    """Serves each connection in a task that is kept here.

    Not by `ProxyProtocolReader.get_callback`, which drops the only reference to the task: on
    Python 3.13 live connections are then collected (seen with proxy-protocol 0.11.3).
    """

    def __init__(self, login: Login, config: ImapConfig, connections: Connections) -> None:
        self._login = login
        self._config = config
        self._commands = BoundedCommands()
        self._connections = connections
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        """The callback of `asyncio.start_server`."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait_closed(self, seconds: float) -> None:
        """Waits for the connections that were dropped, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served = _Served(task, writer)
        self._connections.opened(served)
        OUTPUT.set(Output(writer))
        try:
            await self._talk(served, reader, writer)
        except (OSError, EOFError):
            pass  # the client has gone
        except Exception:  # one connection's trouble is nobody else's; pymap has said BYE
            _log.exception("An IMAP connection ended by an error")
        finally:
            self._connections.closed(served)
            await _close(writer)

    async def _talk(self, served: "_Served", reader: StreamReader, writer: StreamWriter) -> None:
        where = SocketInfo.get(writer, ProxyResultUnknown(), unique_id=secrets.token_bytes(8))
        connection = BoundedConnection(self._commands, self._config, reader, writer, where)
        state = LoginState(
            self._login, self._config, lambda address: self._connections.logged_in(served, address)
        )
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            await connection.run(state)


class _Served:
    def __init__(self, task: "asyncio.Task[None]", writer: StreamWriter) -> None:
        self._task = task
        self._writer = writer

    def drop(self) -> None:
        self._task.cancel()  # pymap answers it with BYE


async def _close(writer: StreamWriter) -> None:
    """Closes politely, and then at all events: a client that does not read cannot hold it open."""
    with suppress(OSError, TimeoutError):
        writer.close()
        await asyncio.wait_for(writer.wait_closed(), CLOSE_SECONDS)
    writer.transport.abort()
