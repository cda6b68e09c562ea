"""The provisioner of a domain, from what the operator said of it."""

import asyncio
from dataclasses import dataclass

from postroom.accounts.account import Account
from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.domains import AccountDomain, AddressForm
from postroom.accounts.servers import MailServer
from postroom.model.mailboxes import Mailbox, Reach
from postroom.model.secrets import Secret
from postroom.provision.account import AccountProvisioner
from postroom.provision.directory import DirectoryProvisioner
from postroom.provision.directory_table import DirectoryTable
from postroom.provision.postgres_table import PostgresTable
from postroom.provision.provisioner import Provisioner
from postroom.provision.sqlite_table import SqliteTable


def of_account(name: str, domain: AccountDomain, account: Account) -> Provisioner:
    """Addresses of the domain ``name`` that are all one account's."""
    if domain.addresses is AddressForm.CATCH_ALL:
        return AccountProvisioner(name)
    local_part, _, _ = account.address.rpartition("@")
    return AccountProvisioner(name, local_part, domain.separator)


def of_directory(name: str, domain: DirectoryDomain, conninfo: Secret | None) -> "Directory":
    """Rows of a table; ``conninfo`` is how its PostgreSQL server is reached, None for SQLite."""
    return Directory(name, domain, conninfo)


@dataclass(frozen=True)
class Directory:
    """A directory whose database is looked up when needed: how to reach it may be a secret."""

    domain: str
    said: DirectoryDomain
    conninfo: Secret | None
    reach: Reach = Reach.INTERNET
    live_at_commit: bool = False
    may_be_renamed: bool = False

    @property
    def servers(self) -> tuple[MailServer, MailServer] | None:
        return self.said.imap, self.said.smtp

    def address_of(self, username: str) -> str:
        return f"{username}@{self.domain}"

    def username_in(self, local_part: str) -> str:
        return local_part

    async def prepare(self) -> None:
        table = await self._table()
        await asyncio.to_thread(table.prepare)

    async def rehearse(self) -> None:
        """Find out whether its table can be written, without a trace. Raises as it would then."""
        table = await self._table()
        await asyncio.to_thread(table.rehearse)

    async def provision(self, *mailboxes: Mailbox) -> None:
        await (await self._now()).provision(*mailboxes)

    async def retire(self, *addresses: str) -> None:
        await (await self._now()).retire(*addresses)

    async def remove(self, *addresses: str) -> None:
        await (await self._now()).remove(*addresses)

    async def _now(self) -> DirectoryProvisioner:
        return DirectoryProvisioner(self.domain, await self._table(), self.said.quota_mb)

    async def _table(self) -> DirectoryTable:
        if self.conninfo is not None:
            return PostgresTable((await self.conninfo.read()).get_secret_value())
        path = self.said.database.sqlite
        assert path is not None  # one of the two is there: see accounts/directory.py
        return SqliteTable(path, self.said.database.group)
