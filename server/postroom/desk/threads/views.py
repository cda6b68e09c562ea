"""Rows of the index as the messages and threads that a caller reads."""

import json
from typing import Any

from pydantic_core import from_json

from postroom.desk.threads import senders
from postroom.desk.threads.budget import with_few_blank_lines
from postroom.desk.threads.long_links import LONGEST_SHORTENED, shorten
from postroom.desk.threads.unseen_quotes import unseen_quotes
from postroom.desk.times import iso
from postroom.index.database import Row
from postroom.index.ids import attachment_id
from postroom.index.threads import people_of
from postroom.mime.files.media_types import known_type
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.answers import AttachmentInfo, MessageView, ThreadSummary
from postroom.model.mailboxes import goes_to
from postroom.model.messages import Direction, MessageKind
from postroom.model.retention import WORDS_REMOVED
from postroom.model.unread import UNREAD

MAX_SHOWN = 50
"""Recipients in a field, or files, listed with one message of a thread: as many as one of our own
may have. A mailing's hundreds would crowd out its words."""

MAX_SHOWN_BRIEFLY = 10
"""The same where many messages share an answer."""


MAX_DIAGNOSTIC_SHOWN = 200
"""Of a server's words about a recipient, characters: the reason stands at their beginning."""

SAME_CHARS = 40
"""How much of them has to stand in the text, without spaces, to be left out beside it."""

MAX_SUBJECT_BRIEFLY = 300
"""Of a subject, characters: the longest are texts in disguise."""

MAX_PARTICIPANTS_SHOWN = 20
"""People listed with one thread of a list."""


def words(row: Row, *, include_quoted: bool) -> str:
    """What a message says: its new words, or all of it where it has no new ones. Long links stand
    in it by their ids, and of blank lines at most two in a row."""
    new, whole = row["new_text"], str(row["text"])
    shown = whole if include_quoted or new is None or not new.strip() else str(new)
    return shorten(with_few_blank_lines(shown), whole, row["public_id"])


def message(
    row: Row,
    text: str,
    *,
    thread_id: str | None = None,
    left_out: str | None = None,
    most: int = MAX_SHOWN,
    recipients: int | None = None,
) -> MessageView:
    """A message with the words ``text`` of it, and at most ``most`` of its people and files.
    ``recipients`` says how many of those are not told, where that is known already."""
    received = row["direction"] == Direction.RECEIVED
    to = tuple(shown_address(p.address) for p in people_of(row["to_people"]))
    cc = tuple(shown_address(p.address) for p in people_of(row["cc_people"]))
    beyond = len(to[most:]) + len(cc[most:]) if recipients is None else recipients
    files = attachments(row)
    links = _links(row, most)
    more = [
        left_out,
        unseen_quotes(row, text),
        _unread(row),
        _beyond(beyond, "recipients"),
        _beyond(len(files) - most, "files"),
        _beyond(len(from_json(row["links"])) - len(links), "links"),
    ]
    return MessageView.model_validate(
        {
            "message_id": row["public_id"],
            "thread_id": thread_id,
            "direction": row["direction"],
            "from": shown_address(row["from_address"]),
            "untrusted_from_name": (row["from_name"] or None) if received else None,
            "to": to[:most],
            "cc": cc[:most] or None,
            "date": iso(row["at"]),
            "kind": row["kind"],
            "untrusted_text": text if received else None,
            "text": None if received else text,
            "attachments": files[:most] or None,
            "untrusted_codes": (from_json(row["codes"]) or None) if received else None,
            "untrusted_links": (links or None) if received else None,
            "sender_verdict": row["verdict"] if received else None,
            "sender_evidence": senders.told(row) if received else None,
            "sender_known": True if received and row["sender_known"] else None,
            "lookalike_of": senders.taken_for(row) if received else None,
            "in_spam": True if row["in_spam"] else None,
            "reply_to_differs": reply_to_differs(row) if received else None,
            "hidden_text": row["hidden_text"] or None,
            "reported": reported(row)[:most] or None,
            "untrusted_diagnostic": _diagnostic(row, text),
            "status": _send_status(row),
            "reason": row["send_reason"] or None,
            "operator_note": row["send_note"] or None,
            "operator_changes": row["send_changes"] or None,
            "left_out": "; ".join(said for said in more if said) or None,
        }
    )


def brief(
    row: Row,
    text: str,
    *,
    thread_id: str | None = None,
    whole: bool = True,
    most: int = MAX_SHOWN_BRIEFLY,
) -> MessageView:
    """A message as it is told of among others, with its subject; get_thread shows all of it."""
    left_out = None if whole else "the rest of it: get_thread shows it"
    view = message(row, text, thread_id=thread_id, left_out=left_out, most=most)
    subject = row["subject"]
    if len(subject) > MAX_SUBJECT_BRIEFLY:
        subject = f"{subject[:MAX_SUBJECT_BRIEFLY]}…"
    return view.model_copy(update={"untrusted_subject": subject})


def _links(row: Row, most: int) -> tuple[str, ...]:
    """The links of a message that confirm something: whole where there is room, else as its words
    show them, by their ids."""
    links = tuple(from_json(row["links"]))
    if most >= MAX_SHOWN_BRIEFLY or not links:
        return links[:most]
    shown = (shorten(link, row["text"], row["public_id"]) for link in links)
    return tuple(link for link in shown if len(link) <= LONGEST_SHORTENED)[:most]


_LEAST = frozenset(
    {"message_id", "thread_id", "from_", "direction", "kind", "date", "sender_verdict"}
    | {"text", "untrusted_text", "left_out"}
)


def least(view: MessageView) -> MessageView:
    """A message with little more than its words: a stranger can fill every other field."""
    told = view.model_dump(exclude_none=True)
    if not told.keys() - _LEAST:
        return view
    kept = {name: value for name, value in told.items() if name in _LEAST}
    said = "; ".join(part for part in (view.left_out, "other fields, for size") if part)
    return MessageView.model_construct(**{**kept, "left_out": said})


def rest(row: Row, text: str, left_out: str | None) -> MessageView:
    """A message of which a page before told all but the words ``text``."""
    received = row["direction"] == Direction.RECEIVED
    return MessageView(
        message_id=row["public_id"],
        kind=None,
        untrusted_text=text if received else None,
        text=None if received else text,
        sender_verdict=row["verdict"] if received else None,
        left_out=left_out,
    )


def _unread(row: Row) -> str | None:
    """What of a message's words cannot be read here, where that is so."""
    if row["defects"] == "[]":
        return None
    found = set(from_json(row["defects"]))
    if WORDS_REMOVED in found:
        return WORDS_REMOVED
    return " ".join(said for said in UNREAD if said in found) or None


def _beyond(count: int, what: str) -> str | None:
    return f"{count} more {what}" if count > 0 else None


def attachments(row: Row) -> tuple[AttachmentInfo, ...]:
    """The files that came with a message."""
    return tuple(
        AttachmentInfo(
            attachment_id=attachment_id(row["public_id"], a["number"]),
            untrusted_filename=a["filename"],
            content_type=known_type(a["content_type"]),
            size=a["size"],
        )
        for a in json.loads(row["attachments"])
    )


def reported(row: Row) -> tuple[str, ...]:
    """What a report says of each recipient, in few words."""
    return tuple(
        " ".join(
            said
            for said in (
                shown_address(one["address"]) or "(nobody named)",
                one["outcome"],
                one["status"],
                "dead" if one["dead"] else "",
            )
            if said
        )
        for one in _reported(row)
    )


def outcomes(row: Row) -> set[str]:
    """What a report says became of its recipients, as `Reported` has it."""
    return {one["outcome"] for one in _reported(row)}


def _reported(row: Row) -> list[dict[str, Any]]:
    return [] if row["reported"] == "[]" else list(from_json(row["reported"]))


def _diagnostic(row: Row, text: str) -> str | None:
    """A server's words about the first recipient of a report, where ``text``, which is shown
    beside it, does not begin them as well."""
    said = next((one["diagnostic"] for one in _reported(row) if one["diagnostic"]), "")
    if "".join(said.split())[:SAME_CHARS] in "".join(text.split()):
        return None
    return str(said[:MAX_DIAGNOSTIC_SHOWN])


def reply_to_differs(row: Row) -> str | None:
    """The Reply-To address where it is not the From address: a way to redirect an answer unseen."""
    others = [p.address for p in people_of(row["reply_to"])]
    differing = [a for a in others if a.lower() != row["from_address"].lower()]
    return shown_address(differing[0]) if differing else None


def thread(row: Row, labels: tuple[str, ...] | None = None) -> ThreadSummary:
    """A thread's row as a list shows it."""
    own = row["address"]
    everybody = from_json(row["participants"])
    others = tuple(shown_address(a) for a in everybody if not goes_to(a, own))
    return ThreadSummary(
        thread_id=row["public_id"],
        mailbox=own,
        untrusted_subject=row["subject"],
        participants=others[:MAX_PARTICIPANTS_SHOWN],
        message_count=row["message_count"],
        last_message_at=iso(row["last_at"]),
        last_direction=row["last_direction"],
        untrusted_snippet=row["snippet"],
        awaiting=row["awaiting"] or None,
        labels=labels,
    )


def _send_status(row: Row) -> str | None:
    """Where a mail of ours stands, where that is worth saying: "sent" goes without it, unless a
    reason says that not everybody got it."""
    status = row["send_status"]
    if status is None or (status == "sent" and not row["send_reason"]):
        return None
    return "queued" if status == "submitting" else str(status)


def outcome_of(kinds: set[str]) -> str:
    """What a batch of messages amounts to: a person's reply counts most. What a program says of a
    mail that arrived (a receipt, a complaint) is no more than its answer."""
    if kinds & {MessageKind.MESSAGE, MessageKind.INVITATION, MessageKind.LIST}:
        return "reply"
    return "bounce" if MessageKind.BOUNCE in kinds else "auto_reply"
