"""Sends that wait for a person: listed, let go, dropped, or out of time."""

import hashlib
import json

from postroom.index import journal, mail, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.mail import NewMail
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.sends import RecipientOutcome, SendStatus
from postroom.model.verdicts import Verdict

sql = named("held")

EDITED = "A person changed it: it waits until what it is now is approved."

HASH_BYTES = 16
"""128 bits: nobody finds a second mail of one hash, and a person can still copy it."""

_ENDS = {
    SendStatus.DENIED: EventType.SEND_DENIED,
    SendStatus.EXPIRED: EventType.SEND_EXPIRED,
    SendStatus.CANCELLED: EventType.SEND_CANCELLED,
}


def waiting(con: Connection, after: int, most: int) -> list[Row]:
    """What a person has to decide behind a row id, oldest first: each send with address and
    subject."""
    return list(sql.waiting(con, after=after, most=most))


def count_behind(con: Connection, after: int) -> int:
    """How many sends wait for a person behind a row id."""
    return int(sql.count_waiting(con, after=after))


def one(con: Connection, public_id: str) -> Row | None:
    """One send with address, mailbox_status and subject, also where its mailbox was deleted."""
    row: Row | None = sql.one(con, public_id=public_id)
    return row


def since(con: Connection, send: Row) -> float:
    """When it was held, seconds since 1970."""
    found: float | None = sql.held_since(con, send_id=send["id"])
    return float(send["created_at"]) if found is None else found


def hash_of(con: Connection, send_id: int, sender: str, raw: bytes) -> str:
    """What a person approves: the envelope with every recipient, and all bytes of the mail, so its
    words in both forms, header fields, and files with their names."""
    to_whom = [[row["field"], row["address"]] for row in sends.recipients(con, send_id)]
    found = hashlib.blake2b(json.dumps([sender, to_whom]).encode(), digest_size=HASH_BYTES)
    found.update(b"\0")  # in no JSON
    found.update(raw)
    return found.hexdigest()


def hash_now(con: Connection, send: Row) -> str:
    """The hash of a send as it is stored now; "" where its bytes have gone with its mailbox."""
    raw = mail.raw(con, send["mail_id"])
    return hash_of(con, send["id"], send["sender"], raw) if raw is not None else ""


def approve(
    con: Connection,
    at: float,
    send: Row,
    actor: str,
    approved: str,
    note: str,
    turn: float = 0.0,
    detail: str = "",
) -> None:
    """Let it go, to whom it has not been accepted or refused yet, with its own Message-ID, but not
    before the time it was scheduled for, nor before its ``turn``. ``approved``: the hash that the
    person saw."""
    asked = max(send["not_before"], at)
    scheduled = max(send["not_before"], turn)
    scheduled = scheduled if scheduled > at else 0.0
    sql.release(
        con,
        id=send["id"],
        note=note,
        approved=approved,
        released_at=max(at, scheduled),
        not_before=scheduled,
        turn_from=asked if turn > asked else None,
    )
    _tell(con, at, send, EventType.SEND_APPROVED, actor, detail=detail)


def end(
    con: Connection,
    at: float,
    send: Row,
    status: SendStatus,
    actor: str,
    reason: str,
    note: str,
    detail: str = "",
) -> None:
    """It goes to nobody any more: denied, expired or cancelled. What it would have answered waits
    again, unless somebody has got it."""
    sql.end(con, id=send["id"], status=str(status), reason=reason, note=note, settled_at=at)
    _tell(con, at, send, _ENDS[status], actor, detail=detail)
    outcomes = {row["outcome"] for row in sends.recipients(con, send["id"])}
    if RecipientOutcome.ACCEPTED not in outcomes:
        threads.repend(con, sends.thread_now(con, send["mail_id"]))


def edit(
    con: Connection,
    at: float,
    send: Row,
    actor: str,
    new: NewMail,
    to_whom: tuple[tuple[str, str], ...],
    changes: str,
    verdict: Verdict,
    first_contacts: int,
) -> None:
    """Put another mail in the place of a held one that nobody can have: bytes, what was read from
    them, (address, field) of each recipient, and what policy says of it. ``changes`` are what the
    agent is shown; ``first_contacts`` as in `sends.NewSend`."""
    mail.rewrite(con, send["mail_id"], new)
    sends.readdress(con, send["id"], to_whom)
    sql.set_edited(
        con,
        id=send["id"],
        changes=changes,
        verdict=verdict.model_dump_json(),
        reason=verdict.reason or EDITED,
        first_contacts=first_contacts,
    )
    digest, detail = journal.digest(con, new.raw), f"{verdict.action} by rule {verdict.rule}"
    _tell(con, at, send, EventType.SEND_EDITED, actor, digest, detail)
    threads.summarise(con, sends.thread_now(con, send["mail_id"]))


def forget_words(con: Connection, mail_id: int) -> None:
    """Remove what an agent and a person wrote about a mail that goes, and how it was asked for."""
    sends.forget_request(con, mail_id)
    sql.forget_words(con, mail_id=mail_id)
    sql.forget_questions(con, mail_id=mail_id)


def overdue(con: Connection, now: float, most: int) -> list[Row]:
    """Held sends whose time has run out, at most so many."""
    return list(sql.overdue(con, now=now, most=most))


def next_end(con: Connection) -> float | None:
    """When the time of the next held send runs out, seconds since 1970; None where it never
    does."""
    found: float | None = sql.next_end(con)
    return found


def _tell(
    con: Connection,
    at: float,
    send: Row,
    event: EventType,
    actor: str,
    digest: bytes | None = None,
    detail: str = "",
) -> None:
    journal.append(
        con,
        at,
        event,
        actor,
        mailbox_id=send["mailbox_id"],
        thread_id=send["thread_id"],
        mail_id=send["mail_id"],
        send_id=send["id"],
        digest=digest,
        detail=detail,
    )
