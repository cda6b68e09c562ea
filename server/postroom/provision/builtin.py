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

    async def provision(self, *mailboxes: Mailbox) -> None:
        """Nothing is left to do: each row is the provisioning."""

    async def retire(self, *addresses: str) -> None:
        """Nothing is left to do: the rows say that their time is over."""

    async def remove(self, *addresses: str) -> None:
        """Nothing is left to do: the rows say that they are gone."""
