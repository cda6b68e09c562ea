"""What the desk and the workers ask of a provisioner."""

from typing import Protocol

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

    async def provision(self, mailbox: Mailbox) -> None:
        """Make the address exist. Idempotent: a worker that died may have done it already."""

    async def retire(self, address: str) -> None:
        """Let the address receive and send nothing more; its mail can be read as before.
        Idempotent, and no error where the address is not there."""

    async def remove(self, address: str) -> None:
        """Let nobody log in to the address any more: its mail is to be forgotten. Idempotent, and
        no error where the address is not there."""
