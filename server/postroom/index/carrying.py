"""Sends as workers carry them: what is due, what is in hand, what servers said, what is in doubt.

The states are drawn in model/sends.py. Each change of state is written here with its event.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from postroom.index import journal, reputation, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.sends import Envelope, RecipientOutcome, RecipientReply, SendStatus, Submission

sql = named("sends")

MET = "Its copy was found in Sent: its server has taken it."


@dataclass(frozen=True)
class Waiting:
    """A send that a worker may take in hand."""

    id: int
    public_id: str
    mailbox_id: int
    address: str
    password: str
    mail_id: int
    answers_mail: int | None
    """The mail that it answers, if any."""
    sender: str
    attempts: int
    offered: bool
    """Some server heard for whom it is."""
    released_at: float
    """From when on it may go, and is tried: as it was queued, scheduled or let go."""
    status: SendStatus
    approved: str
    """The hash that a person approved; "" where nobody had to."""
    doubt_since: float | None
    """Since when nobody knows whether its server took it, seconds since 1970."""
    outside: int
    """How many of its recipients are outside."""
    goes_on: bool
    """It goes also while its domain is paused."""
    place: float
    """When it was to go, seconds since 1970: where limits and plans count it."""

    @property
    def domain(self) -> str:
        """The one it is from."""
        return self.address.rpartition("@")[2]


def due(con: Connection, now: float, most: int) -> list[Waiting]:
    """What may go now, oldest first: ``most`` of each domain, those that are due for the longest,
    so that the mail of one whose server hangs does not hide that of others. What a domain's pause
    is about to keep (reputation.to_keep_back) is not among them."""
    return [_waiting(row) for row in sql.due(con, now=now, most=most)]


def next_due(con: Connection) -> float | None:
    """When the next queued send may go, seconds since 1970; None with an empty outbox."""
    found: float | None = sql.next_due(con)
    return found


def interrupted(con: Connection) -> list[Waiting]:
    """What a worker had in hand when it died."""
    return [_waiting(row) for row in sql.interrupted(con)]


def doubtful(con: Connection) -> list[Waiting]:
    """Sends of which nobody knows whether the server took them."""
    return [_waiting(row) for row in sql.doubtful(con)]


def newest_doubt(con: Connection) -> float | None:
    """Since when the send is in doubt that is so for the shortest time, seconds since 1970."""
    found: float | None = sql.newest_doubt(con)
    return found


def envelope(con: Connection, send: Waiting) -> Envelope:
    """Who a send is still for: whoever accepted or refused it already is left out."""
    left = [
        row["address"]
        for row in sends.recipients(con, send.id)
        if row["outcome"] not in (RecipientOutcome.ACCEPTED, RecipientOutcome.REFUSED)
    ]
    return Envelope(sender=send.sender, recipients=tuple(left), id=send.public_id)


def begin(con: Connection, send_id: int) -> bool:
    """Whether a worker has it in hand now; False where it is queued no longer."""
    return bool(sql.begin(con, id=send_id))


def in_doubt(con: Connection, send_id: int, attempts: int) -> frozenset[str]:
    """The addresses of which nobody knows whether they have the mail from one of so many attempts:
    ``unknown``, and where a worker died in the first one nothing was ever written down. Whoever is
    put off or refused is written down before the message itself leaves (smtp/offering.py)."""
    return frozenset(
        row["address"]
        for row in sends.recipients(con, send_id)
        if row["outcome"] == RecipientOutcome.UNKNOWN or (attempts and not row["outcome"])
    )


def handed_over(con: Connection, send_id: int) -> frozenset[str]:
    """The addresses of which it was written down that the message leaves for them, and nothing
    since. At a server that cannot be asked, nobody else is in doubt."""
    return frozenset(
        row["address"]
        for row in sends.recipients(con, send_id)
        if row["outcome"] == RecipientOutcome.UNKNOWN
    )


def answered_by_person(con: Connection, send: Waiting) -> bool:
    """Whether a person answered whom this mail is for, after what it answers came and while nobody
    can have it yet. (Who may have it gets the rest of what was meant for them.)"""
    known = sends.recipients(con, send.id)
    taken = any(row["outcome"] == RecipientOutcome.ACCEPTED for row in known)
    if send.answers_mail is None or taken or in_doubt(con, send.id, send.attempts):
        return False
    meant = {row["address"].lower() for row in known}
    return any(
        meant & {person.address.lower() for person in threads.people_of(row[field])}
        for row in sql.by_persons_since(con, mail_id=send.mail_id, answers_mail=send.answers_mail)
        for field in ("to_people", "cc_people")
    )


def note(
    con: Connection,
    send_id: int,
    replies: Sequence[RecipientReply],
    doubtful: Collection[str] = (),
) -> None:
    """Keep what is known of these recipients. Of the ``doubtful`` ones an attempt before may have
    reached, and no later refusal tells that it did not."""
    for reply in replies:
        stays = reply.address in doubtful and reply.outcome is not RecipientOutcome.ACCEPTED
        sql.set_recipient(
            con,
            send_id=send_id,
            address=reply.address,
            outcome=str(RecipientOutcome.UNKNOWN if stays else reply.outcome),
            code=reply.code,
            reply=reply.text,
        )


def record(
    con: Connection, at: float, send: Waiting, submission: Submission, doubtful: Collection[str]
) -> None:
    """Keep what the server said in one attempt; ``doubtful`` as for `note`."""
    note(con, send.id, submission.replies, doubtful)
    if submission.obstacle is None:
        sql.set_offered(con, id=send.id)
    told = {
        "recipients": [reply.model_dump(mode="json") for reply in submission.replies],
        "final": submission.final_reply,
        "dialogue": submission.dialogue,
    }
    sql.add_attempt(
        con,
        send_id=send.id,
        at=at,
        number=send.attempts + 1,
        replies=json.dumps(told, ensure_ascii=False),
    )


_EVENTS = {
    SendStatus.SENT: EventType.MESSAGE_SENT,
    SendStatus.FAILED: EventType.SEND_FAILED,
    SendStatus.QUEUED: EventType.SEND_DEFERRED,
    SendStatus.UNKNOWN: EventType.SEND_UNKNOWN,
    SendStatus.HELD: EventType.SEND_HELD,
}


def settle(
    con: Connection,
    at: float,
    send_id: int,
    status: SendStatus,
    *,
    reason: str = "",
    not_before: float | None = None,
    detail: str = "",
) -> None:
    """Move a send on after an attempt, with its event.

    ``status``: SENT, FAILED, QUEUED (deferred until ``not_before``), UNKNOWN, or HELD for a person.
    """
    row = sends.by_id(con, send_id)
    assert row is not None
    sql.set_status(
        con,
        id=send_id,
        status=str(status),
        reason=reason,
        not_before=at if not_before is None else not_before,
        settled_at=at if status in (SendStatus.SENT, SendStatus.FAILED) else None,
    )
    if status in (SendStatus.SENT, SendStatus.FAILED):
        reputation.count_gone(con, send_id)
    journal.append(
        con,
        at,
        _EVENTS[status],
        "worker",
        mailbox_id=row["mailbox_id"],
        thread_id=row["thread_id"],
        mail_id=row["mail_id"],
        send_id=send_id,
        detail=detail,
    )
    if status is not SendStatus.UNKNOWN:
        sql.set_doubt(con, id=send_id, since=None)  # the next doubt is another one
    elif row["doubt_since"] is None:
        sql.set_doubt(con, id=send_id, since=at)
    if status is SendStatus.FAILED:
        threads.repend(con, sends.thread_now(con, row["mail_id"]))


def let_wait(con: Connection, at: float, send_id: int) -> None:
    """How long it is tried counts from now: no server was asked before."""
    sql.let_wait(con, id=send_id, at=at)


def to_file(con: Connection, send_id: int) -> None:
    """Its server took it and files nothing: a copy has to go into Sent."""
    sql.set_to_file(con, id=send_id, to_file=1)


def received_by(con: Connection, message_id: str, addresses: Collection[str]) -> frozenset[str]:
    """Which of these addresses are mailboxes of ours that have received a mail of that Message-ID
    (ours, which nobody else knows before it has arrived)."""
    return frozenset(
        address
        for address in addresses
        if sql.has_received(con, address=address.lower(), message_id=message_id) is not None
    )


def put_off(con: Connection, send_id: int) -> None:
    """The server has not taken it for those who were in doubt."""
    sql.put_off(con, send_id=send_id)


def copy_met(con: Connection, at: float, mail_id: int) -> None:
    """Its copy lies in Sent: a mail in doubt that was to go again, was held, or had failed, was
    taken after all, and nobody gets it twice. It is reconciled."""
    row = sends.by_mail(con, mail_id)
    waits = (SendStatus.QUEUED, SendStatus.HELD, SendStatus.FAILED)
    if row is None or row["status"] not in waits or not row["attempts"]:
        return
    known = sends.recipients(con, row["id"])
    taken = any(each["outcome"] == RecipientOutcome.ACCEPTED for each in known)
    if not taken and in_doubt(con, row["id"], row["attempts"]):
        settle(con, at, row["id"], SendStatus.UNKNOWN, reason=MET, detail="its copy is in Sent")
        threads.repend(con, sends.thread_now(con, mail_id))


def filed(con: Connection, send_id: int) -> None:
    """Its copy is in Sent, or never will be."""
    sql.set_to_file(con, id=send_id, to_file=0)


def unfiled(con: Connection) -> list[Waiting]:
    """Sends whose copy has to go into Sent yet, oldest first."""
    return [_waiting(row) for row in sql.unfiled(con)]


def accept(con: Connection, send_id: int, address: str) -> None:
    """The server turned out to have taken it for this recipient, in words that nobody heard."""
    sql.set_recipient(
        con,
        send_id=send_id,
        address=address,
        outcome=str(RecipientOutcome.ACCEPTED),
        code=0,
        reply="",
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        public_id=row["public_id"],
        mailbox_id=row["mailbox_id"],
        address=row["address"],
        password=row["password"],
        mail_id=row["mail_id"],
        answers_mail=row["answers_mail"],
        sender=row["sender"],
        attempts=row["attempts"],
        offered=bool(row["offered"]),
        released_at=row["created_at"] if row["released_at"] is None else row["released_at"],
        status=SendStatus(row["status"]),
        approved=row["approved"],
        doubt_since=row["doubt_since"],
        outside=row["outside"],
        goes_on=bool(row["goes_on"]),
        place=max(row["created_at"], row["not_before"]),
    )
