"""Mail that agents sent or tried to send, looked at by a test."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from postroom.index import mail, mailboxes, sends
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.sends import SendStatus

LEFT = (SendStatus.SENT, SendStatus.BOUNCED)


@dataclass(frozen=True)
class Outgoing:
    """A mail as it was composed, and what became of it."""

    send_id: str
    agent: str
    mailbox: str
    recipients: tuple[str, ...]
    """Everybody of the envelope: To, Cc and Bcc."""
    status: SendStatus
    reason: str
    at: float
    """When it was asked for, seconds since 1970, by the room's clock."""
    message: EmailMessage
    """The mail as the standard library reads it."""

    @property
    def has_left(self) -> bool:
        """Whether a server took it for somebody."""
        return self.status in LEFT

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        """Its words, with quotes."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""

    def __str__(self) -> str:
        return f"{self.status} to {', '.join(self.recipients)}: {self.subject!r}"


async def outgoing(index: Index) -> list[Outgoing]:
    """All of it, oldest first."""
    return await index.read(_all)


def _all(con: Connection) -> list[Outgoing]:
    ids = [row[0] for row in con.execute("SELECT id FROM sends ORDER BY id")]
    return [_one(con, id) for id in ids]


def _one(con: Connection, id: int) -> Outgoing:
    send = sends.by_id(con, id)
    assert send is not None
    box = mailboxes.by_id(con, send["mailbox_id"])
    assert box is not None
    message = message_from_bytes(mail.raw(con, send["mail_id"]) or b"", policy=SMTP)
    assert isinstance(message, EmailMessage)
    return Outgoing(
        send_id=send["public_id"],
        agent=box.agent,
        mailbox=box.address,
        recipients=tuple(row["address"] for row in sends.recipients(con, id)),
        status=SendStatus(send["status"]),
        reason=send["reason"],
        at=send["created_at"],
        message=message,
    )
