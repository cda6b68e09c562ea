"""A mail that unsubscribes: whom from, and what becomes of it.

It counts where it names a send of the mailbox that it came to, and either bears the signature that
this send's only recipient was given, or comes verified from one of its recipients. It suppresses
them for the tenant at once, is kept in the thread of that send, and wakes nobody.
"""

from dataclasses import dataclass

from postroom.index import mailboxes, reports, sends, suppressions
from postroom.index.database import Connection, Row
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.unsubscribing import Asks, asks, is_signature
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import ParsedMessage, SenderVerdict
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


def left(
    con: Connection, box_id: int, parsed: ParsedMessage, verdict: SenderVerdict
) -> Left | None:
    """Who unsubscribes by this mail, if it counts."""
    named, box = asks(parsed.subject), mailboxes.by_id(con, box_id)
    send = reports.by_envelope_id(con, box_id, named.send_id) if named else None
    if named is None or box is None or send is None:
        return None
    for row in sends.recipients(con, send["id"]):
        address = plain_address(row["address"])
        if _says_so(con, box, address, named) or _writes(address, parsed, verdict):
            return Left(send, box, row["address"], reports.own_id(con, send["mail_id"]))
    return None


def take(
    con: Connection, now: float, who: Left, mail_id: int | None, thread_id: int | None
) -> None:
    """Send nothing more to them, and tell it beside the send."""
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
        return
    said = f"{who.address} has unsubscribed: nothing more is sent there. {send['reason']}".strip()
    reports.tell(con, now, send, send["status"], said, "unsubscribed")


def _says_so(con: Connection, box: Mailbox, address: str, named: Asks) -> bool:
    if not named.signature:
        return False
    key = suppressions.key(con)
    return is_signature(named.signature, key, box.address, address, named.send_id)


def _writes(address: str, parsed: ParsedMessage, verdict: SenderVerdict) -> bool:
    verified = verdict is SenderVerdict.VERIFIED and parsed.sender is not None
    return verified and plain_address(parsed.sender.address if parsed.sender else "") == address
