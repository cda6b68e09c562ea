"""What suppresses an address by itself: what servers and people say of mails of ours.

    who says it                                                    what it says          holds for
    a report that names our send's id, of a recipient of it        no such mailbox       the mailbox
    the server that takes our mail, of a recipient elsewhere       no such mailbox       the mailbox
    a report that names our send's id                              a complaint           the tenant

What a server says is about one address, and may be wrong or made up: it holds for the mailbox that
wrote there, and is lifted by itself once a verified mail comes from that address. What a person
says holds for all mailboxes of the tenant, as an agent can make another one; the operator alone
lifts it. Who can make up a report: whoever was written to by that very mail, or has seen its id.
"""

import re

from postroom.index import mailboxes, suppressions
from postroom.index.database import Connection, Row
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import (
    MessageKind,
    ParsedMessage,
    Reported,
    ReportedRecipient,
    SenderVerdict,
)
from postroom.model.sends import RecipientOutcome, RecipientReply
from postroom.model.suppressions import Cause, Suppression, of_mailbox, of_tenant

_NO_MAILBOX = re.compile(r"5\.1\.(?!7\b|8\b)\d{1,3}\b")
"""A status of the recipient's address; 5.1.7 and 5.1.8 are of the sender's (RFC 3463 §3.2)."""

WORKER = "worker"


def by_report(
    con: Connection, now: float, send: Row, recipient: str, said: ReportedRecipient, mail_id: int
) -> None:
    """Suppress a recipient of a send where a report with the mail row id ``mail_id``, which names
    an id of the send, says so. A report of another address than the recipient's is of one that it
    is passed on to: that one is not written to by us."""
    box = mailboxes.by_id(con, send["mailbox_id"])
    if box is None:
        return
    if said.outcome is Reported.COMPLAINT:
        new = _new(box, recipient, Cause.COMPLAINT, "", now)
    elif _is_gone(said) and said.address.lower() == recipient.lower():
        new = _new(box, recipient, Cause.BOUNCE, said.status, now)
    else:
        return
    suppressions.add(con, new, mailbox_id=box.id, mail_id=mail_id, send_id=send["id"])


def by_refusal(
    con: Connection, now: float, mailbox_id: int, send_id: int, reply: RecipientReply
) -> None:
    """Suppress an address elsewhere for which the server that takes our mail says, for good, that
    there is no such mailbox."""
    box, status = mailboxes.by_id(con, mailbox_id), _NO_MAILBOX.match(reply.text)
    refused = reply.outcome is RecipientOutcome.REFUSED and reply.code // 100 == 5
    if box is None or status is None or not refused:
        return
    new = _new(box, reply.address, Cause.BOUNCE, status[0], now)
    suppressions.add(con, new, mailbox_id=box.id, send_id=send_id)


def heal(
    con: Connection, now: float, box_id: int, parsed: ParsedMessage, verdict: SenderVerdict
) -> None:
    """Lift what says that nobody is at an address from which somebody writes."""
    box = mailboxes.by_id(con, box_id)
    writes = parsed.kind is MessageKind.MESSAGE and verdict is SenderVerdict.VERIFIED
    if box is not None and writes and parsed.sender is not None:
        suppressions.heal(con, now, box, parsed.sender.address)


def _is_gone(said: ReportedRecipient) -> bool:
    permanent = said.outcome is Reported.PERMANENT
    return permanent and (said.dead or _NO_MAILBOX.fullmatch(said.status) is not None)


def _new(box: Mailbox, address: str, cause: Cause, note: str, now: float) -> Suppression:
    by_person = cause is not Cause.BOUNCE
    return Suppression(
        address=plain_address(address),
        scope=of_tenant(box.tenant) if by_person else of_mailbox(box.address),
        cause=cause,
        note=note,
        at=now,
        actor=WORKER,
    )
