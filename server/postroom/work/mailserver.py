"""The built-in mail server, fed from the mailboxes' rows."""

import asyncio
import logging

from postroom.embedded.directory import Account
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.index import journal, mailboxes
from postroom.index.index import Index
from postroom.model.errors import Unavailable
from postroom.model.mailboxes import MailboxStatus
from postroom.provision.builtin import HOSTNAME
from postroom.settings import Settings
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

PORT_PATIENCE = 8
"""Tries, a quarter of a second apart, for ports that a worker before us may just be leaving."""


class IndexDirectory:
    """Who may log in and receive, asked of the index each time."""

    def __init__(self, index: Index, domain: str) -> None:
        self._index = index
        self._domains = frozenset({domain})

    def domains(self) -> frozenset[str]:
        return self._domains

    async def find(self, address: str) -> Account | None:
        """The account behind an address. An expired mailbox can be read until its mail is purged,
        and receives nothing."""
        box = await self._index.read(lambda con: mailboxes.by_address(con, address))
        if box is None or box.status in (MailboxStatus.DELETED, MailboxStatus.PROVISIONING):
            return None
        return Account(
            address=box.address,
            password=box.password.get_secret_value(),
            receives=box.receives(self._index.clock()),
        )


async def start(term: Term, settings: Settings) -> tuple[EmbeddedServer, Ports]:
    """The running built-in server, on the ports that mail programs know it by."""
    kept = await term.index.read(journal.worker)
    asked = Ports(imap=kept["imap_port"], smtp=kept["smtp_port"]) if kept else Ports(0, 0)
    for attempt in range(PORT_PATIENCE + 1):
        server = EmbeddedServer(
            settings.mailstore_file,
            IndexDirectory(term.index, settings.operator.domain),
            ports=asked,
            clock=term.index.clock,
            hostname=HOSTNAME,
        )
        try:
            ports = await server.start()
            break
        except Unavailable:
            if attempt == PORT_PATIENCE:
                raise
            if attempt == PORT_PATIENCE - 1:
                log.warning("Another program holds the mail server's ports; taking new ones.")
                asked = Ports(0, 0)
            await asyncio.sleep(0.25)
    await term.write(lambda con: journal.keep_ports(con, ports.imap, ports.smtp))
    return server, ports
