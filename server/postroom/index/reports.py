"""Reports of sends of ours: which send one tells of, and what it says of each recipient."""

from postroom.index import bounce_addresses, folders, journal, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.messages import ReportedRecipient

sql = named("reports")


def by_message_id(con: Connection, mailbox_id: int, message_ids: tuple[str, ...]) -> Row | None:
    """The send of this mailbox whose mail bears one of these Message-IDs."""
    for row in folders.sent_as(con, message_ids):
        if row["mailbox_id"] == mailbox_id and (send := sends.by_mail(con, row["mail_id"])):
            return send
    return None


def by_envelope_id(con: Connection, mailbox_id: int, envelope_id: str) -> Row | None:
    """The send of this mailbox whose envelope was called so."""
    send = sends.by_public_id(con, envelope_id) if envelope_id else None
    return send if send is not None and send["mailbox_id"] == mailbox_id else None


def by_tag(con: Connection, mailbox_id: int, tags: tuple[str, ...]) -> Row | None:
    """The send of this mailbox whose envelope sender bore one of these tags."""
    found = (bounce_addresses.send_of(con, tag) for tag in tags)
    return next((send for send in found if send and send["mailbox_id"] == mailbox_id), None)


def sender_of_named(
    con: Connection, message_ids: tuple[str, ...], envelope_id: str, tags: tuple[str, ...]
) -> int | None:
    """The mailbox whose send is named so; None where none is."""
    sent = [bounce_addresses.send_of(con, tag) for tag in tags]
    sent += [sends.by_public_id(con, envelope_id)] if envelope_id else []
    found = [send["mailbox_id"] for send in sent if send is not None]
    found += [row["mailbox_id"] for row in folders.sent_as(con, message_ids)]
    return next(iter(found), None)


def newest_to(con: Connection, mailbox_id: int, address: str, since: float) -> Row | None:
    """The newest send of this mailbox that went to an address (lower case) after ``since``."""
    found: Row | None = sql.newest_to(con, mailbox_id=mailbox_id, address=address, since=since)
    return sends.by_id(con, found["id"]) if found else None


def own_id(con: Connection, mail_id: int) -> str:
    """The Message-ID of a mail; "" where it has none, or its words are gone."""
    return str(sql.own_id(con, mail_id=mail_id) or "")


def mark(con: Connection, send_id: int, address: str, said: ReportedRecipient, by: int) -> None:
    """Keep what the report with the mail row id ``by`` says of a recipient of ours."""
    sql.mark(
        con,
        send_id=send_id,
        address=address,
        reported=str(said.outcome),
        status=said.status,
        dead=int(said.dead),
        mail_id=by,
    )


def any_in(con: Connection, thread_id: int) -> bool:
    """Whether reports that name a mail of ours in a thread have said anything of its recipients."""
    return sql.any_in(con, thread_id=thread_id) is not None


def tell(con: Connection, at: float, send: Row, status: str, reason: str, detail: str) -> None:
    """Write what reports come to, with its event. A send of which we have yet to
    hear what its server says stays as it is."""
    if not sql.tell(con, send_id=send["id"], status=status, reason=reason):
        return
    thread_id = sends.thread_now(con, send["mail_id"])
    journal.append(
        con,
        at,
        EventType.SEND_REPORTED,
        "worker",
        mailbox_id=send["mailbox_id"],
        thread_id=thread_id,
        mail_id=send["mail_id"],
        send_id=send["id"],
        detail=detail,
    )
    threads.summarise(con, thread_id)
