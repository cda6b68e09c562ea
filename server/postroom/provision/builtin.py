"""The built-in mail server: it reads the mailboxes' rows itself, at RCPT and at LOGIN."""

from dataclasses import dataclass

from postroom.model.mailboxes import Mailbox, Reach

HOSTNAME = "post.localhost"
"""What the built-in server calls itself: in its greeting, and as the authserv-id (RFC 8601 §2.5)
whose Authentication-Results are believed."""


@dataclass(frozen=True)
class BuiltinProvisioner:
    """Local addresses on the built-in server."""

    domain: str
    reach: Reach = Reach.LOCAL
    live_at_commit: bool = True

    async def provision(self, mailbox: Mailbox) -> None:
        """Nothing is left to do: the row is the provisioning."""

    async def retire(self, address: str) -> None:
        """Nothing is left to do: the row says that its time is over."""

    async def remove(self, address: str) -> None:
        """Nothing is left to do: the row says that it is gone."""
