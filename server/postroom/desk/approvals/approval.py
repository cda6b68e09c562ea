"""A held mail as a person sees it who decides about it: briefly in a list, and all of it."""

import json

from postroom.desk.sends import delivered
from postroom.desk.threads import views
from postroom.desk.times import iso, iso_if_any
from postroom.index import folders, held, mail, reading, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.ids import attachment_id
from postroom.mime.characters.unseen import without_unseen
from postroom.mime.parse import parse
from postroom.mime.senders.shown_addresses import shown_address
from postroom.mime.writing.html_differs import html_differs
from postroom.mime.writing.written import Written, written
from postroom.model.held_answers import Answered, Approval, HeldFile, HeldSend
from postroom.model.messages import ParsedMessage


def brief(con: Connection, row: Row) -> HeldSend:
    """A send as `index.held` finds it, with who has it."""
    places = folders.where_is(con, row["mail_id"])
    verdict = json.loads(row["verdict"])
    return HeldSend(
        send_id=row["public_id"],
        hash=held.hash_now(con, row),
        mailbox=row["address"],
        asked_by=row["actor"],
        created_at=iso(row["created_at"]),
        held_since=iso(held.since(con, row)),
        expires_at=iso_if_any(row["expires_at"]),
        subject=row["subject"] or "",
        found_in=tuple(f"{place['folder']} of {place['account']}" for place in places),
        rule=verdict["rule"] if verdict["action"] == "hold" else None,
        reason=row["reason"] or None,
        agents_reason=row["review"] or None,
        **delivered.groups(con, row),
    )


def whole(con: Connection, row: Row) -> Approval:
    """All of it: envelope, both forms of the words, files, what it answers, why it is held."""
    raw = mail.raw(con, row["mail_id"]) or b""
    parsed, found = parse(raw), written(raw)
    differs = html_differs(found.text, found.html)
    to_whom = _by_field(con, row["id"])
    thread_id = sends.thread_now(con, row["mail_id"])
    own = mail.message(con, row["mail_id"])
    return Approval(
        **brief(con, row).model_dump(),
        status=row["status"],
        from_name=parsed.sender.name or None if parsed.sender else None,
        to=to_whom.get("to", ()),
        cc=to_whom.get("cc", ()),
        bcc=to_whom.get("bcc", ()),
        scheduled_for=iso(row["not_before"]) if row["not_before"] > row["created_at"] else None,
        thread_id=threads.public_id(con, thread_id),
        message_id=parsed.message_id,
        in_reply_to=parsed.in_reply_to or None,
        references=tuple(parsed.references.split()),
        answers=_answered(con, row["answers_mail"]),
        text=found.text.rstrip("\n"),
        unseen_in_words=without_unseen(f"{parsed.subject}\n{found.text}")[1] or None,
        html_differs=differs.lines,
        hidden_in_html=differs.hidden or None,
        html=differs.source or None,
        attachments=_files(own, parsed, found),
        size=len(raw),
        operator_note=row["note"] or None,
        operator_changes=row["changes"] or None,
    )


def _by_field(con: Connection, send_id: int) -> dict[str, tuple[str, ...]]:
    """Every recipient of the envelope, whole, under the field that it was named in."""
    found: dict[str, list[str]] = {}
    for row in sends.recipients(con, send_id):
        found.setdefault(row["field"], []).append(row["address"])
    return {field: tuple(each) for field, each in found.items()}


def _answered(con: Connection, mail_id: int | None) -> Answered | None:
    row = reading.one_message(con, mail_id) if mail_id is not None else None
    if row is None:
        return None
    return Answered(
        message_id=row["public_id"],
        from_=shown_address(row["from_address"]),
        date=iso(row["at"]),
        sender_verdict=row["verdict"],
        reply_to_differs=views.reply_to_differs(row),
        untrusted_subject=row["subject"],
        untrusted_text=views.words(row, include_quoted=False),
    )


def _files(own: Row | None, parsed: ParsedMessage, found: Written) -> tuple[HeldFile, ...]:
    return tuple(
        HeldFile(
            attachment_id=attachment_id(own["public_id"], part.number) if own else "",
            filename=part.filename,
            content_type=file.content_type,
            found_type=part.content_type if part.content_type != file.content_type else None,
            size=part.size,
        )
        for part, file in zip(parsed.attachments, found.files, strict=True)
    )
