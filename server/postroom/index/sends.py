"""Sends: the intent, who it is for, every attempt, and where it stands.

The states are drawn in model/sends.py. Workers move them along in carrying.py, people in held.py.
"""

import hashlib
from dataclasses import dataclass

from postroom.index import journal, sent_rates, threads
from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.model.sends import SendStatus
from postroom.model.verdicts import Verdict

sql = named("sends")

FORGOTTEN_BYTES = 16
"""Of a request whose words have gone; of one whose words are there it is 32."""


@dataclass(frozen=True)
class NewSend:
    """An intent, as policy has judged it."""

    public_id: str
    mailbox_id: int
    mail_id: int
    actor: str
    status: SendStatus
    sender: str
    """The envelope's sender."""
    recipients: tuple[tuple[str, str], ...]
    """(address, field) with field "to", "cc" or "bcc"."""
    answers_mail: int | None
    content_hash: bytes
    idempotency_key: str | None
    verdict: Verdict
    at: float
    not_before: float = 0.0
    """When it may go at the earliest, seconds since 1970; 0 for at once."""
    first_contacts: int = 0
    """How many of its recipients were never met before."""
    reason: str = ""
    """What is said of its state, where that is more than what the verdict says."""
    review: str = ""
    """Why the agent asked that a person looks first."""
    expires_at: float | None = None
    """Of a held one: until when a person may decide."""
    goes_on: bool = False
    """It goes also while its domain's sending is paused."""
    paused: bool = False
    """That keeps it now."""
    turn_from: float | None = None
    """When it would go but for its turn by limits and plans, seconds since 1970; None for none."""


def add(con: Connection, send: NewSend) -> int:
    """The row id of a new send. The caller writes its event: it orders the mail as well."""
    to_whom = [_counted(con, *each) for each in send.recipients]
    send_id = int(
        sql.add(
            con,
            public_id=send.public_id,
            mailbox_id=send.mailbox_id,
            mail_id=send.mail_id,
            actor=send.actor,
            status=str(send.status),
            sender=send.sender,
            answers_mail=send.answers_mail,
            content_hash=send.content_hash,
            idempotency_key=send.idempotency_key,
            verdict=send.verdict.model_dump_json(),
            created_at=send.at,
            not_before=send.not_before,  # 0: at once, also after the clock was put back
            released_at=max(send.at, send.not_before),
            first_contacts=send.first_contacts,
            reason=send.reason or send.verdict.reason,
            review=send.review,
            expires_at=send.expires_at,
            outside=_outside(to_whom),
            goes_on=int(send.goes_on),
            paused=int(send.paused),
            turn_from=send.turn_from,
        )
    )
    _address(con, send_id, to_whom)
    return send_id


def readdress(con: Connection, send_id: int, to_whom: tuple[tuple[str, str], ...]) -> None:
    """Exchange all recipients of a send that was never tried."""
    counted = [_counted(con, *each) for each in to_whom]
    sql.drop_recipients(con, send_id=send_id)
    _address(con, send_id, counted)
    sql.set_outside(con, send_id=send_id, outside=_outside(counted))


def _counted(con: Connection, address: str, field: str) -> Fields:
    """A recipient as it is kept."""
    return {"address": address, "field": field, **sent_rates.counted_as(con, address)}


def _outside(to_whom: list[Fields]) -> int:
    """How many are outside; one who is named twice is one."""
    return len({each["address"] for each in to_whom if each["outside"]})


def _address(con: Connection, send_id: int, to_whom: list[Fields]) -> None:
    for place, each in enumerate(to_whom):
        sql.add_recipient(con, send_id=send_id, place=place, **each)


def by_id(con: Connection, id: int) -> Row | None:
    row: Row | None = sql.by_id(con, id=id)
    return row


def by_public_id(con: Connection, public_id: str) -> Row | None:
    row: Row | None = sql.by_public_id(con, public_id=public_id)
    return row


def by_mail(con: Connection, mail_id: int) -> Row | None:
    """The send of a mail of ours; None for a mail that came in."""
    row: Row | None = sql.by_mail(con, mail_id=mail_id)
    return row


def by_key(con: Connection, mailbox_id: int, key: str) -> Row | None:
    """The send that an idempotency key of this mailbox stands for, also once its mail has gone."""
    asked = {"mailbox_id": mailbox_id, "key": key, "digest": key_digest(con, key)}
    row: Row | None = sql.by_key(con, **asked)
    return row


def key_digest(con: Connection, key: str) -> str:
    """What is kept of an agent's key when the mail has gone: the key may name somebody."""
    return f"gone {journal.digest(con, key.encode()).hex()}"


def is_same_request(known: Row, key: str, content: bytes) -> bool:
    """Whether a request is the one that the same key stood for before, also once that is
    forgotten."""
    return known["content_hash"] in (content, _forgotten(content, key))


def forget_request(con: Connection, mail_id: int) -> None:
    """Keep of the request of a mail of ours what tells it to whoever repeats it and nothing to
    others: of its key a digest, and of its hash one that is made with the key."""
    send = by_mail(con, mail_id)
    if send is None or len(send["content_hash"]) <= FORGOTTEN_BYTES:
        return
    key = send["idempotency_key"]
    sql.forget_request(
        con,
        id=send["id"],
        key=None if key is None else key_digest(con, key),
        content_hash=b"" if key is None else _forgotten(send["content_hash"], key),
    )


def _forgotten(content: bytes, key: str) -> bytes:
    made_with = hashlib.blake2b(key.encode()).digest()
    return hashlib.blake2b(content, key=made_with, digest_size=FORGOTTEN_BYTES).digest()


def same_content(con: Connection, mailbox_id: int, content: bytes, since: float) -> Row | None:
    """The newest send of the same mail that is later than ``since`` or waits to go, not refused."""
    row: Row | None = sql.same_content(
        con, mailbox_id=mailbox_id, content_hash=content, since=since
    )
    return row


def answer_to(con: Connection, mail_id: int, since: float) -> Row | None:
    """A send after ``since`` that answered this mail and was not refused."""
    row: Row | None = sql.answer_to(con, mail_id=mail_id, since=since)
    return row


def recipients(con: Connection, send_id: int) -> list[Row]:
    """Address, field, outcome, code and reply of each recipient, as the sender named them."""
    return list(sql.recipients(con, send_id=send_id))


def attempts(con: Connection, send_id: int) -> list[Row]:
    """Every try with its replies (JSON), in order."""
    return list(sql.attempts(con, send_id=send_id))


def unsettled(con: Connection, owner: int | None, after: int, most: int) -> list[Row]:
    """What is in the outbox of an owner (None: of everybody) behind a row id, oldest first: each
    send with address and subject."""
    return list(sql.unsettled(con, owner=owner, after=after, most=most))


def thread_now(con: Connection, mail_id: int) -> int:
    """The thread a mail belongs to now (its own, or the one that took it in)."""
    found = con.execute("SELECT thread_id FROM messages WHERE mail_id = ?", (mail_id,)).fetchone()
    if found is not None:
        return int(found[0])
    # Its words have gone with its mailbox; what is primary still says where it was.
    given = con.execute("SELECT thread_id FROM mail WHERE id = ?", (mail_id,)).fetchone()
    return threads.now(con, int(given[0]))


def is_held(con: Connection, *, thread_id: int | None, mailbox_id: int) -> bool:
    """Whether a send in this scope waits for a human."""
    if thread_id is not None:
        return sql.held_in_thread(con, thread_id=thread_id) is not None
    return sql.held_in_mailbox(con, mailbox_id=mailbox_id) is not None


def last_in_thread(con: Connection, thread_id: int) -> SendStatus | None:
    """What became of the newest message of a thread; None where it is not one of ours."""
    status = sql.last_in_thread(con, thread_id=thread_id)
    return SendStatus(status) if status is not None else None
