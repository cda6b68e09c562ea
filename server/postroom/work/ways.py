"""How the mail of a domain comes and goes: where to log in, what that server does by itself, what
is believed of it. A way for each kind of server; the workers know nothing else of them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr

from postroom.accounts.account import Account, Credential
from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.unknown import OnUnknown
from postroom.accounts.verification import Verification
from postroom.credentials.vault import Vault
from postroom.embedded.server import EmbeddedServer
from postroom.imap.account import ImapLogin
from postroom.model.errors import Unavailable
from postroom.model.servers import TokenSource
from postroom.smtp.account import SmtpLogin


class SentBy(StrEnum):
    """Who files the copy in Sent."""

    ACCEPTANCE = "acceptance"
    """The server, in the act that accepts the mail: not there, it was not accepted."""
    PROVIDER = "provider"
    """The server, by itself, a little later."""
    POSTROOM = "postroom"
    """We do, once it was accepted."""


@dataclass(frozen=True)
class Allowance:
    """How often a server may be asked, and over how many connections."""

    poll_seconds: float = 2.0
    """Between two looks while somebody waits."""
    idle_poll_seconds: float = 60.0
    """Between two looks otherwise, where IDLE is missing or does not deliver."""
    connections: int = 3
    """IMAP connections of one login at a time."""


class Way(Protocol):
    """The way of some domains' mail."""

    @property
    def name(self) -> str:
        """What its folders are filed under in the index: "builtin", or an account's name."""

    @property
    def domains(self) -> frozenset[str]:
        """Whose mail it carries, lower case."""

    @property
    def shared(self) -> bool:
        """Whether one login serves all mailboxes, so that mail has to be routed."""

    def detail_of(self, address: str) -> str:
        """What stands behind the account's own name and the separator in a lower-case address
        (RFC 5233); "" in any other address."""

    def folder_of(self, address: str) -> str:
        """The folder into which the server files the mail of one address; "" where it files all
        mail in INBOX."""

    @property
    def smtp_host(self) -> str:
        """Whose submission server it is: its answers are read by what is known of it."""

    @property
    def sent_by(self) -> SentBy: ...

    @property
    def on_unknown(self) -> OnUnknown: ...

    @property
    def allows(self) -> Allowance: ...

    @property
    def trusted(self) -> frozenset[str]:
        """The authserv-ids whose Authentication-Results are believed (RFC 8601 §5)."""

    @property
    def checks_dkim(self) -> bool:
        """Whether signatures of what comes in are checked by ourselves."""

    @property
    def verification(self) -> Verification:
        """Whether all of it is, and what is believed then."""

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        """How the mail of a mailbox is read. ``password`` is the mailbox's own.

        Raises:
            PostroomError: a secret or a token cannot be had; the message says why.
        """

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        """How a mailbox's mail is submitted; raises as ``imap``."""

    async def took(self, address: str, message_id: str) -> bool | None:
        """Whether the server took a mail with this Message-ID (without brackets) from ``address``;
        None where it cannot say, and the Sent folder has to be asked."""


LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class BuiltinWay:
    """The built-in server: a login for each mailbox, on loopback."""

    domains: frozenset[str]
    trusted: frozenset[str]
    server: EmbeddedServer
    imap_port: int
    smtp_port: int
    name: str = "builtin"
    smtp_host: str = LOOPBACK
    shared: bool = False
    sent_by: SentBy = SentBy.ACCEPTANCE
    on_unknown: OnUnknown = OnUnknown.RESEND
    allows: Allowance = field(default_factory=Allowance)
    checks_dkim: bool = False  # whoever submits there has logged in
    verification: Verification = field(default_factory=Verification)

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        return ImapLogin(LOOPBACK, self.imap_port, address, password.get_secret_value())

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        return SmtpLogin(LOOPBACK, self.smtp_port, address, password.get_secret_value())

    async def took(self, address: str, message_id: str) -> bool | None:
        return await self.server.took(address, message_id)

    def detail_of(self, address: str) -> str:
        return ""

    def folder_of(self, address: str) -> str:
        return ""


@dataclass(frozen=True)
class AccountWay:
    """One real account: every mailbox of its domains is an address of it."""

    name: str
    account: Account
    domains: frozenset[str]
    vault: Vault = field(repr=False)
    token: TokenSource | None = field(default=None, repr=False)
    separators: Mapping[str, str] = field(default_factory=dict)
    """What stands before the detail, by domain; none of a catch-all domain."""
    filed: frozenset[str] = frozenset()
    """The domains of whose details the server makes folders."""
    shared: bool = True

    def detail_of(self, address: str) -> str:
        local_part, _, domain = address.rpartition("@")
        separator = self.separators.get(domain)
        if separator is None:
            return ""
        own, _, detail = local_part.partition(separator)
        return detail if own == self.account.address.partition("@")[0].lower() else ""

    def folder_of(self, address: str) -> str:
        return self.detail_of(address) if address.rpartition("@")[2] in self.filed else ""

    @property
    def smtp_host(self) -> str:
        return self.account.smtp.host

    @property
    def sent_by(self) -> SentBy:
        return SentBy.PROVIDER if self.account.files_sent else SentBy.POSTROOM

    @property
    def on_unknown(self) -> OnUnknown:
        return self.account.on_unknown

    @property
    def allows(self) -> Allowance:
        account = self.account
        return Allowance(account.poll_seconds, account.idle_poll_seconds, account.connections)

    @property
    def trusted(self) -> frozenset[str]:
        return frozenset(self.account.trusted)

    @property
    def checks_dkim(self) -> bool:
        return self.account.check_dkim

    @property
    def verification(self) -> Verification:
        return self.account

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        server, credential = self.account.imap, self.account.imap_login
        return ImapLogin(
            server.host,
            server.port,
            credential.user,
            await self._secret(credential),
            server.security,
            self.token if credential.oauth else None,
            server.certificates,
        )

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        server, credential = self.account.smtp, self.account.smtp_login
        return SmtpLogin(
            server.host,
            server.port,
            credential.user,
            await self._secret(credential),
            server.security,
            self.token if credential.oauth else None,
            server.certificates,
        )

    async def took(self, address: str, message_id: str) -> bool | None:
        return None

    async def _secret(self, credential: Credential) -> str:
        if credential.password is None:
            return ""
        return (await self.vault.at(credential.password).read()).get_secret_value()


@dataclass(frozen=True)
class DirectoryWay:
    """A mail host that reads its mailboxes from a table of ours: a login for each."""

    name: str
    domain: DirectoryDomain
    domains: frozenset[str]
    shared: bool = False

    def detail_of(self, address: str) -> str:
        return ""

    def folder_of(self, address: str) -> str:
        return ""

    @property
    def on_unknown(self) -> OnUnknown:
        return self.domain.on_unknown

    @property
    def smtp_host(self) -> str:
        return self.domain.smtp.host

    @property
    def sent_by(self) -> SentBy:
        # The copy goes into the queue with the mail, and from there to Sent: a moment later.
        return SentBy.PROVIDER if self.domain.sent_at_acceptance else SentBy.POSTROOM

    @property
    def allows(self) -> Allowance:
        return Allowance(self.domain.poll_seconds, self.domain.idle_poll_seconds)

    @property
    def trusted(self) -> frozenset[str]:
        return frozenset(self.domain.trusted)

    @property
    def checks_dkim(self) -> bool:
        return self.domain.check_dkim

    @property
    def verification(self) -> Verification:
        return self.domain

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        server = self.domain.imap
        secret = password.get_secret_value()
        where = server.host, server.port
        return ImapLogin(*where, address, secret, server.security, certificates=server.certificates)

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        server = self.domain.smtp
        secret = password.get_secret_value()
        where = server.host, server.port
        return SmtpLogin(*where, address, secret, server.security, certificates=server.certificates)

    async def took(self, address: str, message_id: str) -> bool | None:
        return None


class Ways:
    """All of them, by domain."""

    def __init__(self, ways: Iterable[Way]) -> None:
        self._ways = tuple(ways)
        self._by_domain = {domain: way for way in self._ways for domain in way.domains}

    def __iter__(self) -> Iterator[Way]:
        return iter(self._ways)

    def of(self, address: str) -> Way:
        """The way of an address's mail.

        Raises:
            Unavailable: its domain was not in ``postroom.toml`` when this process read it.
        """
        domain = address.rpartition("@")[2].lower()
        way = self._by_domain.get(domain)
        if way is None:
            raise Unavailable(
                "domain_gone",
                f"postroom.toml did not name {domain} when the worker (process {os.getpid()})"
                " started.",
                "Where it does now, the operator has to start the worker anew; else to put the"
                " domain back, or to delete its mailboxes.",
            )
        return way
