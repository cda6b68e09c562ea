"""The built-in mail server: it reads the mailboxes' rows itself, at RCPT and at LOGIN."""

from dataclasses import dataclass

from postroom.accounts.servers import MailServer
from postroom.model.mailboxes import Mailbox, Reach


@dataclass(frozen=True)
class BuiltinProvisioner:
    """Local addresses on the built-in server."""

    domain: str
    reach: Reach = Reach.LOCAL
    live_at_commit: bool = True
    may_be_renamed: bool = False
    servers: tuple[MailServer, MailServer] | None = None

    def address_of(self, username: str) -> str:
        return f"{username}@{self.domain}"

    def username_in(self, local_part: str) -> str:
        return local_part

    async def prepare(self) -> None:
        """Nothing is to be made ready."""

    async def provision(self, mailbox: Mailbox) -> None:
        """Nothing is left to do: the row is the provisioning."""

    async def retire(self, address: str) -> None:
        """Nothing is left to do: the row says that its time is over."""

    async def remove(self, address: str) -> None:
        """Nothing is left to do: the row says that it is gone."""
