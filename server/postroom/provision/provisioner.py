"""What the desk and the workers ask of a provisioner."""

from typing import Protocol

from postroom.accounts.servers import MailServer
from postroom.model.mailboxes import Mailbox, Reach


class Provisioner(Protocol):
    """Makes addresses of one domain exist on a server."""

    @property
    def domain(self) -> str:
        """The domain whose addresses it makes, lower case."""

    @property
    def reach(self) -> Reach:
        """Where mail from these addresses can go."""

    @property
    def live_at_commit(self) -> bool:
        """Whether a mailbox is live with its row in the index, with nothing else to do."""

    @property
    def may_be_renamed(self) -> bool:
        """Whether a provider on the way may put another From address in the place of a mailbox's:
        then Reply-To says where answers go."""

    @property
    def servers(self) -> tuple[MailServer, MailServer] | None:
        """Where a mail program of a mailbox's own logs in, IMAP and submission; None where there is
        no such login, or (the built-in server) where that is not known beforehand."""

    def address_of(self, username: str) -> str:
        """The address, lower case, that a mailbox of this username has."""

    def username_in(self, local_part: str) -> str:
        """The username in the local part of an address of this domain."""

    async def prepare(self) -> None:
        """Make ready what the server has to find, when a worker begins."""

    async def provision(self, *mailboxes: Mailbox) -> None:
        """Make the addresses exist, all of them or none. Idempotent: a worker that died may have
        done it already."""

    async def retire(self, *addresses: str) -> None:
        """Let the addresses receive and send nothing more; their mail can be read as before.
        Idempotent, and no error where an address is not there."""

    async def remove(self, *addresses: str) -> None:
        """Let nobody log in to the addresses any more: their mail is to be forgotten. Idempotent,
        and no error where an address is not there."""
