"""The built-in mail server: SMTP submission and IMAP on loopback, in the loop that starts it."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from postroom.clock import Clock
from postroom.embedded import accepted, filing
from postroom.embedded.clearing import Clearing, Wanted
from postroom.embedded.connections import Connections
from postroom.embedded.directory import Directory, ReadingAlong
from postroom.embedded.filing import Top
from postroom.embedded.imap_connection import MAX_LINE_BYTES, ImapServer
from postroom.embedded.imap_folders import OpenFolders, Rung
from postroom.embedded.imap_login import ImapConfig, Login
from postroom.embedded.imap_mends import mend_pymap
from postroom.embedded.mailstore import MailStore
from postroom.embedded.smtp_policy import SubmissionPolicy
from postroom.embedded.smtp_session import SubmissionConnection
from postroom.model.errors import Unavailable

STOP_SECONDS = 3.0
"""How long connections may take to end when the server stops."""

BACKLOG = 256
"""Connections that wait to be accepted."""

_BUSY = {errno.EADDRINUSE, errno.EACCES, 10013, 10048}
"""EACCES, and Windows' WSAEACCES and WSAEADDRINUSE: a port that another program holds, or may."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; 0 chooses a free port."""

    imap: int
    smtp: int


class EmbeddedServer:
    """The mail server of one home; ``path`` is the file that its mail is stored in.

    Only one may run on a file at a time: the worker's lock sees to that.
    """

    def __init__(
        self,
        path: Path,
        directory: Directory,
        *,
        ports: Ports,
        clock: Clock,
        hostname: str = "post.localhost",
        host: str = "127.0.0.1",
        along: ReadingAlong | None = None,
        rung: Rung = lambda address, folder, uid_validity, message_id: None,
    ) -> None:
        """``along`` is asked before anything leaves an INBOX. ``rung`` is called, on the event
        loop, whenever a message has come into a folder, or a folder has got its name."""
        self._path = path
        self._directory = directory
        self._ports = ports
        self._clock = clock
        self._hostname = hostname
        self._host = host
        self._along = along
        self._rung = rung
        self._running: _Running | None = None

    async def start(self) -> Ports:
        """The ports that it listens on. Raises Unavailable where one given is taken."""
        store = await MailStore.open(self._path, self._clock)
        running = _Running(store, self._directory, self._along, self._rung, self._hostname)
        try:
            ports = await running.listen(self._host, self._ports)
        except BaseException:
            await running.stop()
            raise
        self._running = running
        return ports

    async def stop(self) -> None:
        """Ends listeners and connections, finishes what is being written. Bounded in time."""
        running, self._running = self._running, None
        if running is not None:
            await running.stop()

    async def took(self, address: str, message_id: str) -> bool:
        """Whether a mail with this Message-ID (without brackets) was accepted from a mailbox, in
        the last days; wherever its Sent copy went since."""
        running = self._running
        return running is not None and await running.took(address, message_id)

    async def tops(self) -> list[Top]:
        """How far each folder of each mailbox goes."""
        return await self._running.tops() if self._running is not None else []

    async def forget(self, address: str) -> None:
        """A mailbox was deleted: its connections end and its mail goes.

        Call it after its row has gone: a submission that is under way asks the directory again.
        """
        if self._running is not None:
            await self._running.forget(address.lower())

    async def clear(self, address: str, wanted: Wanted) -> None:
        """Take mail of a mailbox out of the store, wherever it lies there now."""
        if self._running is not None:
            await self._running.clearing.clear(address.lower(), wanted)

    async def erase(self, is_theirs: Callable[[bytes], bool]) -> None:
        """Take mail out of the store of which ``is_theirs`` says so, of all mailboxes."""
        if self._running is not None:
            await self._running.clearing.erase(is_theirs)

    @property
    def path(self) -> Path:
        """The file of the store."""
        return self._path


class _Running:
    """What exists while the server runs."""

    def __init__(
        self,
        store: MailStore,
        directory: Directory,
        along: ReadingAlong | None,
        rung: Rung,
        hostname: str,
    ) -> None:
        mend_pymap()
        config = ImapConfig(hostname)
        config.apply_context()
        self._store = store
        self._hostname = hostname
        self._connections = Connections()
        self._open_folders = OpenFolders(store, rung)
        login = Login(config, directory, self._open_folders, along)
        self._imap = ImapServer(login, config, self._connections)
        self.clearing = Clearing(store, self._open_folders, along)
        self._policy = SubmissionPolicy(store, directory, hostname)
        self._listeners: list[asyncio.Server] = []

    async def listen(self, host: str, ports: Ports) -> Ports:
        imap = asyncio.start_server(
            self._imap.accept, host, ports.imap, limit=MAX_LINE_BYTES, backlog=BACKLOG
        )
        bound = await self._bind(imap, ports.imap)
        smtp = asyncio.get_running_loop().create_server(
            self._submission, host, ports.smtp, backlog=BACKLOG
        )
        return Ports(imap=bound, smtp=await self._bind(smtp, ports.smtp))

    def _submission(self) -> SubmissionConnection:
        return SubmissionConnection(self._policy, self._connections, self._hostname)

    async def _bind(self, listening: Awaitable[asyncio.Server], port: int) -> int:
        try:
            listener = await listening
        except OSError as error:
            if port and error.errno in _BUSY:
                raise Unavailable(
                    "port_taken",
                    f"Port {port} is held by another program.",
                    "End that program, or let the built-in server choose another port.",
                ) from error
            raise
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._connections.drop_all()
        await self._imap.wait_closed(STOP_SECONDS)
        await self._store.flush()
        await asyncio.sleep(0)  # those whose mail was just stored are told so
        await self._store.close()

    async def took(self, address: str, message_id: str) -> bool:
        return await self._store.read(lambda db: accepted.took(db, address, message_id))

    async def tops(self) -> list[Top]:
        return await self._store.read(filing.tops)

    async def forget(self, address: str) -> None:
        self._connections.drop_mailbox(address)
        self._open_folders.forget(address)
        await self._store.forget(address)
