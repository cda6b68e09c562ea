"""Sends that wait for a person: listed, let go, or dropped."""

from postroom.index import journal, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.sends import RecipientOutcome, SendStatus

sql = named("held")


def waiting(con: Connection, most: int) -> list[Row]:
    """What a person has to decide, oldest first: each send with address and subject."""
    return list(sql.waiting(con, most=most))


def one(con: Connection, public_id: str) -> Row | None:
    """One send with address, mailbox_status and subject, also where its mailbox was deleted."""
    row: Row | None = sql.one(con, public_id=public_id)
    return row


def approve(con: Connection, at: float, send: Row, actor: str) -> None:
    """Let it go, to whom it has not been accepted or refused yet, with its own Message-ID."""
    _decide(con, at, send, SendStatus.QUEUED, EventType.SEND_APPROVED, actor, "")


def deny(con: Connection, at: float, send: Row, actor: str, reason: str) -> None:
    """It goes to nobody any more. What it would have answered waits again, unless somebody has
    got it."""
    _decide(con, at, send, SendStatus.DENIED, EventType.SEND_DENIED, actor, reason)
    outcomes = {row["outcome"] for row in sends.recipients(con, send["id"])}
    if RecipientOutcome.ACCEPTED not in outcomes:
        threads.repend(con, sends.thread_now(con, send["mail_id"]))


def _decide(
    con: Connection,
    at: float,
    send: Row,
    status: SendStatus,
    event: EventType,
    actor: str,
    reason: str,
) -> None:
    settled = at if status is SendStatus.DENIED else None
    sql.decide(con, id=send["id"], status=str(status), reason=reason, settled_at=settled)
    journal.append(
        con,
        at,
        event,
        actor,
        mailbox_id=send["mailbox_id"],
        thread_id=send["thread_id"],
        mail_id=send["mail_id"],
        send_id=send["id"],
    )
