"""The field by which people unsubscribe, in mail that policy marks as bulk."""

from postroom.index import suppressions
from postroom.index.database import Connection
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.unsubscribing import signature, with_field
from postroom.model.mailboxes import Mailbox
from postroom.model.verdicts import Verdict

BULK = "bulk"


def offered(
    con: Connection,
    box: Mailbox,
    send_id: str,
    to_whom: tuple[tuple[str, str], ...],
    raw: bytes,
    verdict: Verdict,
    public_url: str,
) -> bytes:
    """The bytes of a mail as they go out, once its verdict is known: with the field where it is
    bulk. Whom it is signed for is its one recipient; to several it goes unsigned. ``public_url``
    is where anybody reaches this post room, or ""."""
    if BULK not in verdict.marks:
        return raw
    signed = ""
    if len(to_whom) == 1:
        key, recipient = suppressions.key(con), plain_address(to_whom[0][0])
        signed = signature(key, box.address, recipient, send_id)
    return with_field(raw, box.address, send_id, signed, public_url)
