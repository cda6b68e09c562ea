"""A mail that was kept from its mailbox goes into it, as if it came now."""

from postroom.index import folders, journal, mail, quarantine
from postroom.index.database import Connection, Row
from postroom.index.folders import Folder
from postroom.index.mail import NewMail
from postroom.model.events import EventType
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict

RELEASED = "released from quarantine"


def let_in(con: Connection, now: float, row: Row, parsed: ParsedMessage, who: str) -> str:
    """The id of the message that a row of quarantine, read as ``parsed``, is from now on."""
    old = bool(row["old"])
    new = NewMail(
        mailbox_id=row["mailbox_id"],
        direction=Direction.RECEIVED,
        raw=row["bytes"],
        parsed=parsed,
        verdict=SenderVerdict(row["verdict"]),
        evidence=mail.evidence_of(row["evidence"]),
        at=row["arrived_at"] if old else now,
        old=old,
        in_spam=bool(row["in_spam"]),
    )
    kept = mail.keep(con, now, new)
    folder = Folder(row["mailbox_id"], row["account"], row["folder"], row["uidvalidity"])
    if not folders.is_known(con, folder, row["uid"]):
        folders.add_copy(con, folder, row["uid"], kept.mail_id)
    position = journal.append(
        con,
        now,
        EventType.MESSAGE_INDEXED if old else EventType.MESSAGE_RECEIVED,
        who,
        mailbox_id=row["mailbox_id"],
        thread_id=kept.thread_id,
        mail_id=kept.mail_id,
        digest=journal.digest(con, row["bytes"]),
        detail=RELEASED,
    )
    mail.describe(con, kept, new, position)
    quarantine.released(con, row["id"], now)
    found = mail.message(con, kept.mail_id)
    assert found is not None
    return str(found["public_id"])
