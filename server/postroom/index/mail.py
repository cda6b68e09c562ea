"""Mail: its bytes as they are, and the fields read from them.

`keep` writes what is primary, `describe` what is derived. A mail that arrives and a mail that goes
out take the same two steps, with an event of the journal in between.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from pydantic import TypeAdapter

from postroom.conversations.identifiers import own_id
from postroom.conversations.routing import followed_ids
from postroom.index import correspondents, hanging, met, search, search_anew, threads
from postroom.index.database import Connection, Fields, Row
from postroom.index.ids import new_message_id
from postroom.index.listed import listed
from postroom.index.queries import named
from postroom.model.evidence import Checks, SenderEvidence, Signature
from postroom.model.messages import (
    AttachmentPart,
    Direction,
    ParsedMessage,
    SenderVerdict,
)

sql = named("mail")

_SIGNATURES = TypeAdapter(list[Signature])


@dataclass(frozen=True)
class NewMail:
    """A mail to be kept: its bytes, what was read from them, and when it arrived."""

    mailbox_id: int
    direction: Direction
    raw: bytes
    parsed: ParsedMessage
    verdict: SenderVerdict
    at: float
    """When it arrived or was written, seconds since 1970: threads sort by it."""
    old: bool = False
    """Older than our connection to its account: it waits for nobody and wakes nobody."""
    in_spam: bool = False
    """It lies in a folder for unwanted mail."""
    id: int | None = None
    """The row id set aside for it, so that old mail has its place; None for the next one."""
    evidence: SenderEvidence | None = None
    """What the verdict rests on; None of our own mail."""
    into: int | None = None
    """The thread it answers, for a mail of ours: the message there may bear no Message-ID."""
    about: tuple[str, str] = ("", "")
    """For a report: the public id and the Message-ID of the send that it tells of."""

    @cached_property
    def ids(self) -> tuple[str, tuple[str, ...]]:
        """Its own Message-ID, and those that it follows."""
        return own_id(self.parsed.message_id), followed_ids(self.parsed)


@dataclass(frozen=True)
class Kept:
    """Where a mail went."""

    mail_id: int
    thread_id: int


def fingerprint(raw: bytes) -> bytes:
    """What tells one mail from another with the same Message-ID."""
    return hashlib.sha256(raw).digest()


def keep(con: Connection, now: float, mail: NewMail) -> Kept:
    """Write a mail and its bytes, and find its thread."""
    own, follows = mail.ids
    if mail.about[1]:
        follows = (*follows, mail.about[1])
    thread_id, why = threads.place(con, now, mail.mailbox_id, own, follows, mail.into)
    mail_id = int(
        sql.add(
            con,
            id=None if mail.id is None or sql.row_taken(con, id=mail.id) else mail.id,
            public_id=_free_id(con),
            mailbox_id=mail.mailbox_id,
            direction=str(mail.direction),
            arrived_at=mail.at,
            thread_id=thread_id,
            why=why,
            fingerprint=fingerprint(mail.raw),
            size=len(mail.raw),
            old=int(mail.old),
            in_spam=int(mail.in_spam),
            signatures=_signatures(mail.evidence),
            about_send=mail.about[0],
            checks=_checks(mail.evidence),
        )
    )
    sql.add_raw(con, mail_id=mail_id, bytes=mail.raw)
    return Kept(mail_id, thread_id)


def describe(con: Connection, kept: Kept, mail: NewMail, position: int) -> None:
    """Write what was read from a mail, make it findable, and bring its thread up to date."""
    sql.set_position(con, mail_id=kept.mail_id, position=position)
    pending = int(mail.direction is Direction.RECEIVED and not mail.old)
    row = fields(kept, mail, position, pending)
    row |= correspondents.about(con, row)
    put_message(con, row)
    hanging.follow(con, kept.mail_id, kept.thread_id)
    correspondents.remember(con, row)
    met.remember(con, mail.mailbox_id, kept.mail_id, mail.direction, mail.parsed)
    search.add(con, row)
    threads.advance(con, row)


def put_message(con: Connection, fields: Fields) -> None:
    """Write the derived row of a mail that has none."""
    sql.add_message(con, **fields)


def rewrite(con: Connection, mail_id: int, new: NewMail) -> None:
    """Put other bytes in the place of a mail of ours that has not gone, and read them anew. It
    keeps its ids, its thread and its place there."""
    before = message(con, mail_id)
    assert before is not None
    sql.set_raw(con, mail_id=mail_id, bytes=new.raw)
    sql.set_size(con, mail_id=mail_id, fingerprint=fingerprint(new.raw), size=len(new.raw))
    row = fields(Kept(mail_id, before["thread_id"]), new, before["position"], before["pending"])
    search.remove(con, before)
    correspondents.forget(con, mail_id)
    row |= correspondents.about(con, row)
    replace_message(con, row)
    correspondents.remember(con, row)
    search.add(con, row)
    search_anew.replace(con, before, row)


def replace_message(con: Connection, fields: Fields) -> None:
    """Write the derived row of a mail anew."""
    sql.drop_message(con, mail_id=fields["mail_id"])
    put_message(con, fields)


def fields(kept: Kept, mail: NewMail, position: int, pending: int) -> Fields:
    """The derived row of a mail."""
    parsed = mail.parsed
    own, follows = mail.ids
    sender = parsed.sender
    return {
        "mail_id": kept.mail_id,
        "mailbox_id": mail.mailbox_id,
        "thread_id": kept.thread_id,
        "direction": str(mail.direction),
        "position": position,
        "at": mail.at,
        "message_id": own,
        "follows": listed(follows),
        "kind": str(parsed.kind),
        "verdict": str(mail.verdict),
        "from_address": sender.address if sender else "",
        "from_name": sender.name if sender else "",
        "to_people": threads.people_json(parsed.to),
        "cc_people": threads.people_json(parsed.cc),
        "reply_to": threads.people_json(parsed.reply_to),
        "date": parsed.date.timestamp() if parsed.date else None,
        "subject": parsed.subject,
        "text": parsed.text,
        "new_text": None if parsed.new_text == parsed.text else parsed.new_text,
        "signature": parsed.signature,
        "attachments": listed([part.model_dump() for part in parsed.attachments]),
        "hidden_text": parsed.hidden_text,
        "defects": listed(parsed.defects),
        "pending": pending,
        "evidence": _written(mail.evidence),
        "reported": listed([one.model_dump(mode="json") for one in parsed.reported]),
        "about_send": mail.about[0],
        "codes": listed(parsed.codes),
        "links": listed(parsed.links),
        "by_agent": int(parsed.by_agent),
    }


def evidence_of(text: str) -> SenderEvidence:
    """What a message's row says of its sender (JSON)."""
    return SenderEvidence.model_validate_json(text) if text else SenderEvidence()


def signatures_of(text: str) -> tuple[Signature, ...]:
    """What a mail's row says of its signatures (JSON)."""
    return tuple(_SIGNATURES.validate_json(text)) if text else ()


def checks_of(text: str) -> Checks | None:
    """What a mail's row says of the rest that was verified (JSON)."""
    return Checks.model_validate_json(text) if text else None


def _checks(evidence: SenderEvidence | None) -> str:
    found = evidence.checks if evidence else None
    return found.model_dump_json(exclude_defaults=True) if found is not None else ""


def _written(evidence: SenderEvidence | None) -> str:
    return evidence.model_dump_json(exclude_defaults=True) if evidence else ""


def _signatures(evidence: SenderEvidence | None) -> str:
    found = evidence.signatures if evidence else ()
    return _SIGNATURES.dump_json(list(found)).decode() if found else ""


def set_aside(con: Connection, count: int) -> int:
    """The row id below ``count`` row ids that no other mail will get by itself."""
    last: int | None = sql.last_row_id(con)
    move = sql.begin_row_ids if last is None else sql.move_row_ids
    move(con, last=(last or 0) + count)
    return last or 0


def also_known_as(con: Connection, mail_id: int, message_id: str) -> None:
    """A mail bears this Message-ID on its way: answers may name it, and belong to its thread."""
    sql.add_alias(con, mail_id=mail_id, message_id=message_id)
    row = sql.message(con, mail_id=mail_id)
    if row is not None:
        threads.mention(con, row["mailbox_id"], row["thread_id"], [message_id])


def set_in_spam(con: Connection, mail_id: int, in_spam: bool) -> None:
    """Where a mail lies now: among unwanted mail, or not."""
    sql.set_in_spam(con, mail_id=mail_id, in_spam=int(in_spam))


def aliases(con: Connection, mail_id: int) -> list[str]:
    """The other Message-IDs of a mail."""
    return [row["message_id"] for row in sql.aliases(con, mail_id=mail_id)]


def raw(con: Connection, mail_id: int) -> bytes | None:
    """The bytes of a mail, or None where retention has taken them."""
    found: bytes | None = sql.raw(con, mail_id=mail_id)
    return found


def by_public_id(con: Connection, public_id: str) -> Row | None:
    """The row of a mail by the id that agents know."""
    row: Row | None = sql.by_public_id(con, public_id=public_id)
    return row


def by_message_id(con: Connection, message_id: str) -> list[Row]:
    """Every mail with this Message-ID (without brackets), in every mailbox: for operators."""
    return list(sql.by_message_id(con, message_id=message_id))


def message(con: Connection, mail_id: int) -> Row | None:
    """The fields read from a mail."""
    row: Row | None = sql.message(con, mail_id=mail_id)
    return row


def attachments_of(text: str) -> list[AttachmentPart]:
    """The attachments as a message's row lists them (JSON)."""
    return [AttachmentPart.model_validate(part) for part in json.loads(text)]


def _free_id(con: Connection) -> str:
    while True:  # 40 random bits: a second round is a one-in-a-million event at a million messages
        candidate = new_message_id()
        if sql.id_taken(con, public_id=candidate) is None:
            return candidate
