"""A Postfix and Dovecot host whose mailboxes are rows of a table: the row is the provisioning."""

import asyncio
from dataclasses import dataclass

from postroom.accounts.servers import MailServer
from postroom.model.mailboxes import Mailbox, Reach
from postroom.provision.directory_table import DirectoryTable, Row, ssha512


@dataclass(frozen=True)
class DirectoryProvisioner:
    """Addresses of ``domain`` in a table that both servers look into at each mail and each login,
    so that a change holds without a reload. The database's work is done on a thread.

    A statement that is given up (cancelled) may still take effect; each can be repeated.
    """

    domain: str
    table: DirectoryTable
    quota_mb: int = 0
    """What may lie in each mailbox, MB; 0 for no limit."""
    servers: tuple[MailServer, MailServer] | None = None
    reach: Reach = Reach.INTERNET
    live_at_commit: bool = False
    may_be_renamed: bool = False

    def address_of(self, username: str) -> str:
        return f"{username}@{self.domain}"

    def username_in(self, local_part: str) -> str:
        return local_part

    async def prepare(self) -> None:
        """Make the table where it is absent and we may; undo what a crash cut short."""
        await asyncio.to_thread(self.table.prepare)

    async def provision(self, *mailboxes: Mailbox) -> None:
        """Let the mailboxes be live, with the passwords that the index has for them."""
        rows = [Row(box.address, ssha512(box.password), self.quota_mb) for box in mailboxes]
        await asyncio.to_thread(self.table.put, *rows)

    async def retire(self, *addresses: str) -> None:
        """Let them receive and send nothing more. They can be read until they are removed."""
        await asyncio.to_thread(self.table.retire, *addresses)

    async def remove(self, *addresses: str) -> None:
        """Let nobody log in any more. Their mail stays on the server's disk."""
        await asyncio.to_thread(self.table.remove, *addresses)
