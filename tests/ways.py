"""Ways of mail for tests: to wherever a test says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pydantic import SecretStr

from postroom.accounts.unknown import OnUnknown
from postroom.accounts.verification import Verification
from postroom.imap.account import ImapLogin
from postroom.smtp.account import SmtpLogin
from postroom.work.ways import Allowance, SentBy

LoginOf = Callable[[str, str], ImapLogin]
"""The login of a mailbox, from its address and its password."""


@dataclass(frozen=True)
class OtherWay:
    """A server that each mailbox logs in to as ``imap_login`` says; nothing is sent there."""

    domains: frozenset[str]
    imap_login: LoginOf
    trusted: frozenset[str] = frozenset()
    checks_dkim: bool = False
    verification: Verification = field(default_factory=Verification)
    name: str = "other"
    shared: bool = False
    smtp_host: str = "127.0.0.1"
    sent_by: SentBy = SentBy.ACCEPTANCE
    on_unknown: OnUnknown = OnUnknown.RESEND
    allows: Allowance = field(default_factory=lambda: Allowance(0.02, 0.1))
    took_it: Callable[[str], Awaitable[bool | None]] | None = None

    def detail_of(self, address: str) -> str:
        return ""

    def folder_of(self, address: str) -> str:
        return ""

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        return self.imap_login(address, password.get_secret_value())

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        raise AssertionError("nothing is sent on this way")

    async def took(self, address: str, message_id: str) -> bool | None:
        return await self.took_it(message_id) if self.took_it is not None else None


def nowhere(address: str, password: str) -> ImapLogin:
    """For a way on which nothing is read."""
    raise AssertionError("nothing is read on this way")
