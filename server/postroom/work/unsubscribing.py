"""A mail that unsubscribes: whom from.

It counts where it names a send of the mailbox that it came to, and either bears the signature that
this send's only recipient was given, or comes verified from one of its recipients. It suppresses
them for the tenant at once (index/unsubscribing.py), is kept in the thread of that send, and wakes
nobody.
"""

from postroom.index import mailboxes, reports, sends
from postroom.index.database import Connection
from postroom.index.unsubscribing import Left, is_signed
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.unsubscribing import asks
from postroom.model.messages import ParsedMessage, SenderVerdict


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
        if is_signed(con, box, address, named) or _writes(address, parsed, verdict):
            return Left(send, box, row["address"], reports.own_id(con, send["mail_id"]))
    return None


def _writes(address: str, parsed: ParsedMessage, verdict: SenderVerdict) -> bool:
    verified = verdict is SenderVerdict.VERIFIED and parsed.sender is not None
    return verified and plain_address(parsed.sender.address if parsed.sender else "") == address
