"""From a request to the bytes that will be sent: everything about a send that decides nothing."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from postroom.desk.sends.addresses import people
from postroom.desk.sends.replies import Reply
from postroom.mime.writing.compose import new_salt
from postroom.mime.writing.outgoing import is_writable
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_NOTE_CHARS, MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import AttachedFile, Draft, Person, RemoteFile, Writer
from postroom.model.requests import SendRequest


@dataclass(frozen=True)
class Recipients:
    """Whom a mail is for, by header field."""

    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    bcc: tuple[Person, ...]
    left_out: tuple[Person, ...] = ()
    """Whom a reply should go to as well, at addresses that no mail can be addressed to."""

    def fields(self) -> tuple[tuple[str, str], ...]:
        """(address, field) of each, in order, each address once."""
        found: dict[str, tuple[str, str]] = {}
        for field, group in (("to", self.to), ("cc", self.cc), ("bcc", self.bcc)):
            for person in group:
                found.setdefault(person.address.lower(), (person.address, field))
        return tuple(found.values())

    def addresses(self) -> tuple[str, ...]:
        return tuple(address for address, _ in self.fields())


def check(request: SendRequest) -> None:
    """Raise InvalidRequest where the words are none, or more than a mail should carry."""
    if not (request.text.strip() or (request.html or "").strip() or request.attachments):
        raise InvalidRequest(
            "mail_empty",
            "The mail is empty: no words, no HTML and no attachment.",
            "Pass the words as `text`.",
        )
    if request.reply_all and request.thread_id is None:
        raise InvalidRequest(
            "reply_all_without_thread",
            "reply_all answers a thread, and no thread_id was passed.",
            "Pass thread_id, or name everybody in `to` and `cc`.",
        )
    for name, words in (("text", request.text), ("html", request.html or "")):
        if len(words) > MAX_TEXT_CHARS:
            raise InvalidRequest(
                f"{name}_too_long",
                f"`{name}` is longer than {MAX_TEXT_CHARS} characters.",
                "Put the long part into an attachment.",
            )
    if len(request.subject or "") > MAX_SUBJECT_CHARS:
        raise InvalidRequest(
            "subject_too_long",
            f"`subject` is at most {MAX_SUBJECT_CHARS} characters.",
            "Shorten it.",
        )
    if request.idempotency_key is not None and not 1 <= len(request.idempotency_key) <= 200:
        raise InvalidRequest(
            "idempotency_key_malformed",
            "idempotency_key is 1 to 200 characters.",
            "Pass another one.",
        )
    why = request.hold_for_review
    if why is not None and not 1 <= len(why.strip()) <= MAX_NOTE_CHARS:
        raise InvalidRequest(
            "review_reason_malformed",
            f"`hold_for_review` says why, in 1 to {MAX_NOTE_CHARS} characters.",
            "Leave it out to send without asking a human first.",
        )


def recipients(request: SendRequest, reply: Reply | None, own: str) -> Recipients:
    """Whom the mail is for: as asked, else as a reply goes.

    Raises:
        InvalidRequest: nobody is named, or an address is malformed. An address that the caller
        did not name is left out where no mail can be addressed so.
    """
    to, cc = people(request.to, "to"), people(request.cc, "cc")
    bcc = people(request.bcc, "bcc")
    if reply is not None and not to:
        to, others = reply.recipients(own, request.reply_all)
        cc = (*cc, *others)
    found = _writable(Recipients(to, cc, bcc))
    if found.left_out and not found.to and not found.cc:
        raise InvalidRequest(
            "sender_not_answerable",
            "No mail can be sent to the address from which the message claims to come.",
            "Pass `to` with another address of theirs.",
        )
    if not found.addresses():
        raise InvalidRequest(
            "recipients_missing",
            "Nobody is named to send this to.",
            "Pass `to`, or `thread_id` to answer a thread.",
        )
    return found


def _writable(asked: Recipients) -> Recipients:
    left_out = (p for p in (*asked.to, *asked.cc) if not is_writable(p.address))
    return Recipients(
        to=tuple(p for p in asked.to if is_writable(p.address)),
        cc=tuple(p for p in asked.cc if is_writable(p.address)),
        bcc=asked.bcc,
        left_out=tuple(left_out),
    )


def draft(
    request: SendRequest,
    box: Mailbox,
    to_whom: Recipients,
    reply: Reply | None,
    files: tuple[AttachedFile, ...],
    send_id: str,
    now: float,
    *,
    writer: Writer,
    with_reply_to: bool = False,
) -> Draft:
    """The message that goes out. Its Message-ID derives from the send's id, so that a copy found on
    a server can be told to be this send."""
    domain = box.address.partition("@")[2]
    subject = request.subject if request.subject is not None else None
    sender = Person(address=box.address, name=box.display_name)
    return Draft(
        sender=sender,
        reply_to=sender if with_reply_to else None,
        to=to_whom.to,
        cc=to_whom.cc,
        bcc=to_whom.bcc,
        subject=subject if subject is not None else (reply.subject() if reply else ""),
        text=request.text,
        html=request.html,
        message_id=f"{send_id}@{domain}",
        in_reply_to=reply.in_reply_to() if reply else "",
        references=reply.references() if reply else (),
        date=datetime.fromtimestamp(int(now), UTC),
        attachments=files,
        writer=writer,
        salt=new_salt(),
    )


_NOT_OF_THE_MAIL = {"idempotency_key", "confirm", "hold_for_review", "attachments", "mailbox"}


def content_hash(
    request: SendRequest,
    box: Mailbox,
    files: tuple[AttachedFile | RemoteFile, ...],
    not_before: float,
) -> bytes:
    """What makes two requests the same mail: everything asked, but neither key nor confirmation,
    nor whether a person shall look first: a mail that is held is not sent by asking again. A file
    that lies elsewhere is its URL: whoever repeats a request repeats that, whatever lies there by
    then, or nothing."""
    asked = request.model_dump(mode="json", exclude=_NOT_OF_THE_MAIL)
    asked["mailbox"] = box.address
    if not_before:
        asked["not_before"] = not_before
    asked["files"] = [(f.filename, f.content_type, _named(f)) for f in files]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()


def _named(file: AttachedFile | RemoteFile) -> str:
    if isinstance(file, RemoteFile):
        return f"url {file.url}"
    return hashlib.sha256(file.content).hexdigest()
