"""Whoever wants no more mail, and says so by what a mail of ours offers for that."""

from dataclasses import dataclass

from postroom.index import mailboxes, reports, sends, suppressions
from postroom.index.database import Connection, Row
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.unsubscribing import Asks, is_signature
from postroom.model.mailboxes import Mailbox
from postroom.model.suppressions import Cause, Suppression, of_tenant


@dataclass(frozen=True)
class Left:
    """One who wants no more mail, and the send by which they said so."""

    send: Row
    box: Mailbox
    address: str
    message_id: str

    @property
    def ids(self) -> tuple[str, str]:
        """The public id and the Message-ID of the send."""
        return self.send["public_id"], self.message_id


def by_signature(con: Connection, named: Asks) -> Left | None:
    """Who was given this signature."""
    send = sends.by_public_id(con, named.send_id)
    box = mailboxes.by_id(con, send["mailbox_id"]) if send is not None else None
    if send is None or box is None:
        return None
    for row in sends.recipients(con, send["id"]):
        if is_signed(con, box, plain_address(row["address"]), named):
            return Left(send, box, row["address"], reports.own_id(con, send["mail_id"]))
    return None


def is_signed(con: Connection, box: Mailbox, address: str, named: Asks) -> bool:
    """Whether what is named bears the signature that an address was given by a mailbox."""
    if not named.signature:
        return False
    key = suppressions.key(con)
    return is_signature(named.signature, key, box.address, address, named.send_id)


def take(
    con: Connection, now: float, who: Left, mail_id: int | None, thread_id: int | None
) -> bool:
    """Send nothing more to them, and tell it beside the send; False where that was so already."""
    new = Suppression(
        address=plain_address(who.address),
        scope=of_tenant(who.box.tenant),
        cause=Cause.UNSUBSCRIBE,
        at=now,
        actor="worker",
    )
    send = sends.by_id(con, who.send["id"])
    if send is None or not suppressions.add(
        con, new, mailbox_id=who.box.id, thread_id=thread_id, mail_id=mail_id, send_id=send["id"]
    ):
        return False
    said = f"{who.address} has unsubscribed: nothing more is sent there. {send['reason']}".strip()
    reports.tell(con, now, send, send["status"], said, "unsubscribed")
    return True
