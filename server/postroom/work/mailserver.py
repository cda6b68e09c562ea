"""The built-in mail server, fed from the mailboxes' rows."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from postroom.accounts.domains import BUILTIN_HOSTNAME
from postroom.clock import Stopwatch
from postroom.embedded.directory import Account, Directory
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.index import folders, journal, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder
from postroom.index.index import Index, wait_for_event
from postroom.model.errors import Unavailable
from postroom.model.mailboxes import MailboxStatus
from postroom.settings import Settings
from postroom.work.doorbell import INBOX, Doorbell
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

PORT_PATIENCE = 20
"""Tries for ports that a worker before us may just be leaving."""

PORT_PAUSE_SECONDS = 0.25


class IndexDirectory:
    """Who may log in and receive, asked of the index each time."""

    def __init__(self, index: Index, domains: frozenset[str]) -> None:
        self._index = index
        self._domains = domains

    def domains(self) -> frozenset[str]:
        return self._domains

    async def find(self, address: str) -> Account | None:
        """The account behind an address. An expired mailbox can be read until its mail is purged,
        and receives nothing."""
        if address.rpartition("@")[2] not in self._domains:
            return None  # its mail goes another way
        box = await self._index.read(lambda con: mailboxes.by_address(con, address))
        if box is None or box.status in (MailboxStatus.DELETED, MailboxStatus.PROVISIONING):
            return None
        return Account(
            address=box.address,
            password=box.password.get_secret_value(),
            receives=box.receives(self._index.clock()),
        )


class _Together:
    """The mailboxes of this room, and those of its neighbours."""

    def __init__(self, own: Directory, neighbours: Directory) -> None:
        self._own = own
        self._neighbours = neighbours

    def domains(self) -> frozenset[str]:
        return self._own.domains() | self._neighbours.domains()

    async def find(self, address: str) -> Account | None:
        return await self._own.find(address) or await self._neighbours.find(address)


READING_SECONDS = 5.0
"""How long a mail program waits until what it removes has been read."""


class IndexReading:
    """How far each INBOX has been read into the index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def has_read(self, address: str, uid_validity: int, uids: Sequence[int]) -> list[int]:
        """As `embedded.directory.ReadingAlong`."""

        def look(con: Connection) -> list[int]:
            box = mailboxes.by_address(con, address)
            if box is None:
                return list(uids)  # nobody reads along any more
            read = folders.progress(con, Folder(box.id, "builtin", INBOX, uid_validity))
            return [uid for uid in uids if read.covers(uid)]

        watch = Stopwatch(self._index.clock)
        while True:
            changed = self._index.next_change()
            read = await self._index.read(look)
            left = READING_SECONDS - watch.elapsed()
            if len(read) == len(uids) or left <= 0:
                return read
            await wait_for_event(changed, left)


async def start(
    term: Term,
    settings: Settings,
    doorbell: Doorbell | None = None,
    neighbours: Directory | None = None,
) -> tuple[EmbeddedServer, Ports]:
    """The running built-in server, on the ports that mail programs know it by. It rings
    ``doorbell`` whenever mail has come, and holds the mailboxes of ``neighbours`` too.

    Where another program holds one of them for good, both are chosen anew, and it is said.
    """
    kept = await term.index.read(journal.worker)
    known = Ports(imap=kept["imap_port"], smtp=kept["smtp_port"]) if kept else Ports(0, 0)
    serve = partial(_server, term, settings, doorbell or Doorbell(), neighbours)
    server, ports = await _on_known_ports(serve, known)
    await term.write(lambda con: journal.keep_ports(con, ports.imap, ports.smtp))
    return server, ports


async def _on_known_ports(
    serve: Callable[[Ports], EmbeddedServer], known: Ports
) -> tuple[EmbeddedServer, Ports]:
    for _ in range(PORT_PATIENCE):
        server = serve(known)
        try:
            return server, await server.start()
        except Unavailable as error:
            if error.code != "port_taken":
                raise
        await asyncio.sleep(PORT_PAUSE_SECONDS)
    server = serve(Ports(0, 0))
    ports = await server.start()
    log.warning(
        "Another program holds port %s or %s, where the built-in mail server listened. It listens"
        " at %s (IMAP) and %s (SMTP) from now on; mail programs must be told.",
        *(known.imap, known.smtp, ports.imap, ports.smtp),
    )
    return server, ports


def _server(
    term: Term, settings: Settings, doorbell: Doorbell, neighbours: Directory | None, ports: Ports
) -> EmbeddedServer:
    own = IndexDirectory(term.index, settings.operator.builtin_domains)
    return EmbeddedServer(
        settings.mailstore_file,
        own if neighbours is None else _Together(own, neighbours),
        ports=ports,
        clock=term.index.clock,
        hostname=BUILTIN_HOSTNAME,
        along=IndexReading(term.index),
        rung=doorbell.ring,
    )
