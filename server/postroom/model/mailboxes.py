"""A mailbox: an address of an agent's own, and where it stands in its life."""

from enum import StrEnum

from pydantic import SecretStr

from postroom.model.messages import Frozen


class MailboxStatus(StrEnum):
    PROVISIONING = "provisioning"
    """The row is there; the server behind it does not know the address yet."""
    LIVE = "live"
    """It receives and sends."""
    EXPIRED = "expired"
    """Its time is over: it receives nothing; its mail goes by retention."""
    DELETED = "deleted"
    """An operator took it away. The address stays taken, so that nobody inherits its mail."""


class Reach(StrEnum):
    LOCAL = "local"
    """Mail between the post room's own addresses, on this machine."""
    INTERNET = "internet"
    """Mail from and to anywhere."""


class Mailbox(Frozen):
    """One mailbox as the index holds it."""

    id: int
    address: str
    """Lower case, no display name: ``local@domain``."""
    display_name: str
    owner: int
    agent: str
    tenant: str
    status: MailboxStatus
    password: SecretStr
    """What a mail program logs in with; shown to operators only."""
    created_at: float
    expires_at: float | None
    problem: str
    """What the watcher has against it, in a sentence; empty when all is well."""

    def receives(self, now: float) -> bool:
        """Whether mail to it is taken at ``now`` (seconds since 1970)."""
        in_time = self.expires_at is None or now < self.expires_at
        return self.status is MailboxStatus.LIVE and in_time


def without_detail(address: str) -> str:
    """``address`` without its ``+detail``: the mailbox that its mail goes to (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def goes_to(address: str, mailbox: str) -> bool:
    """Whether mail to ``address`` goes to the mailbox of the lower-case address ``mailbox``."""
    asked = address.lower()
    return asked == mailbox or ("+" in asked and without_detail(asked) == mailbox)
