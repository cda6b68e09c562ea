"""One real account with many addresses: sub-addresses of its own, or a whole catch-all domain."""

from dataclasses import dataclass

from postroom.accounts.servers import MailServer
from postroom.model.mailboxes import Mailbox, Reach


@dataclass(frozen=True)
class AccountProvisioner:
    """Addresses that exist already, because the account's server takes mail for all of them.

    ``local_part`` and ``separator`` stand before a username (RFC 5233): ``agent`` and ``+`` make
    ``agent+name@``. Without them the domain is a catch-all, and the username is the local part.
    """

    domain: str
    local_part: str = ""
    separator: str = ""
    reach: Reach = Reach.INTERNET
    live_at_commit: bool = True
    may_be_renamed: bool = True
    servers: tuple[MailServer, MailServer] | None = None

    def address_of(self, username: str) -> str:
        return f"{self.local_part}{self.separator}{username}@{self.domain}"

    def username_in(self, local_part: str) -> str:
        return local_part.lower().removeprefix(f"{self.local_part}{self.separator}")

    async def prepare(self) -> None:
        """Nothing is to be made ready."""

    async def provision(self, *mailboxes: Mailbox) -> None:
        """Nothing is left to do: the addresses are there."""

    async def retire(self, *addresses: str) -> None:
        """Nothing to do: mail to them belongs to no mailbox any more, and is left alone."""

    async def remove(self, *addresses: str) -> None:
        """Nothing to do, as for ``retire``."""
