"""Raw mail as a message: `parse` reads any bytes, raises on none, and names what was wrong."""

import re

from postroom.mime.body import read_body
from postroom.mime.codes.confirmations import find_confirmations
from postroom.mime.codes.one_time import find_codes
from postroom.mime.files.filenames import safe_filename
from postroom.mime.files.sniffing import true_type
from postroom.mime.header.addresses import parse_people, parse_senders
from postroom.mime.header.dates import parse_date
from postroom.mime.header.fields import Fields
from postroom.mime.header.named import named_in
from postroom.mime.header.words import seen_words
from postroom.mime.kinds.kind import message_kind
from postroom.mime.kinds.written_by import is_by_agent
from postroom.mime.quotes.occasions import Occasion, occasion_of
from postroom.mime.quotes.signatures import split_signature
from postroom.mime.quotes.split import split_quotes
from postroom.mime.structure.nested import given_name
from postroom.mime.structure.sealed import about_seal, sealed_type
from postroom.mime.structure.tree import Part, described_fields, read_tree
from postroom.mime.trace.arrival import is_from_nobody
from postroom.mime.trace.delivery import delivered_to, original_ids, was_handed_on
from postroom.mime.trace.order import trace_order
from postroom.model.limits import MAX_MESSAGE_BYTES
from postroom.model.messages import AttachmentPart, MessageKind, ParsedMessage, Person
from postroom.model.unread import TOO_LONG

NO_FROM = "There is no readable From address."
SEVERAL_SENDERS = "From names more than one address."
UNREADABLE_DATE = "The Date field cannot be read."
TOO_MANY_ADDRESSES = "There are too many addresses; the last ones were not read."

_MAX_SUBJECT_CHARS = 2_000
"""A longer subject is a text in disguise; the whole of it stays in the raw mail."""


_LEADING_BLANKS = re.compile(rb"\A(?:[ \t]{0,998}\r?\n){1,20}(?=[!-9;-~]{1,80}:[ \t])")
"""Blank lines above the header, as web pages that show a mail's source write them: the header
would be taken for the text."""


def parse(raw: bytes) -> ParsedMessage:
    """The message that ``raw`` holds. Never raises; what cannot be read is named in ``defects``.

    Every string is valid Unicode without NUL. Beyond the bounds in `postroom.mime.bounds` nothing
    is read, and nothing is lost either: it is an attachment, or it stays in the raw mail.
    """
    raw, too_long = readable(raw)
    root, defects = read_tree(raw)
    fields = root.fields
    body = read_body(root)
    kind, report = message_kind(root, body.text)
    attachments = [
        _attachment(leaf, defects) for leaf in root.leaves() if leaf.number not in body.parts
    ]
    people, about_people = _people(fields)
    sender = _sender(people["from"])
    subject, unseen = seen_words(fields.raw("subject"))
    subject = subject[:_MAX_SUBJECT_CHARS]
    refers = fields.has("in-reply-to") or fields.has("references")
    occasion = occasion_of(subject, refers=refers)
    split = split_quotes(body.text, occasion)
    own, signature = split_signature(split.own, sender.name if sender else "")
    new_text = "\n\n".join(filter(None, (own, split.forwarded)))
    # What a bounce returns was for somebody else.
    said = "" if kind is MessageKind.BOUNCE else new_text or body.text
    date = parse_date(fields.raw("date"))
    if date is None and fields.has("date"):
        defects.append(UNREADABLE_DATE)
    return ParsedMessage(
        message_id=_as_it_stands(fields, "message-id"),
        in_reply_to=_as_it_stands(fields, "in-reply-to"),
        references=_as_it_stands(fields, "references"),
        subject=subject,
        sender=sender,
        to=people["to"],
        cc=people["cc"],
        reply_to=people["reply-to"],
        date=date,
        kind=kind,
        by_agent=is_by_agent(fields),
        text=body.text,
        new_text=new_text,
        quoted_text=split.quoted,
        signature=signature,
        attachments=tuple(attachments),
        named=_named(subject, body.text, people, attachments),
        codes=find_codes(subject, said) if said else (),
        # The subject of an answer is somebody else's.
        links=find_confirmations(said, "" if occasion is Occasion.ANSWER else subject),
        hidden_text=body.hidden + unseen + seen_words(fields.raw("from"))[1],
        authentication_results=tuple(fields.every_raw("authentication-results")),
        trace=trace_order(fields),
        delivered_to=delivered_to(fields),
        from_nobody=is_from_nobody(fields),
        handed_on=was_handed_on(fields),
        original_ids=original_ids(fields),
        returned_message_id=report.returned_message_id,
        returned_envelope_id=report.envelope_id,
        returned_senders=report.senders,
        reported=report.recipients,
        defects=tuple(
            dict.fromkeys(
                [*too_long, *defects, *about_people, *body.defects, *about_seal(root, body.text)]
            )
        ),
    )


def sender_of(raw: bytes) -> Person | None:
    """The sender of a mail, as `parse` has it: what is verified has to be what is shown."""
    fields, _ = described_fields(readable(raw)[0])
    return _sender(parse_senders(fields.every_raw("from"))[0])


def _named(
    subject: str,
    text: str,
    people: dict[str, tuple[Person, ...]],
    attachments: list[AttachmentPart],
) -> tuple[str, ...]:
    """The addresses that stand in the words of a mail, its header and the names of its files."""
    header = (f"{one.name} <{one.address}>" for group in people.values() for one in group)
    files = (each.filename for each in attachments)
    return named_in("\n".join((subject, *header, *files, text)))


def readable(raw: bytes) -> tuple[bytes, list[str]]:
    """``raw`` within the bound on bytes and with line breaks that can be found, and its defects."""
    defects = [TOO_LONG] if len(raw) > MAX_MESSAGE_BYTES else []
    raw = _LEADING_BLANKS.sub(b"", raw[:MAX_MESSAGE_BYTES], count=1)
    # Old Macintosh programs end lines with CR alone.
    return (raw.replace(b"\r", b"\n") if b"\n" not in raw else raw), defects


def _people(fields: Fields) -> tuple[dict[str, tuple[Person, ...]], list[str]]:
    people: dict[str, tuple[Person, ...]] = {}
    defects: list[str] = []
    for name in ("from", "to", "cc", "reply-to"):
        read = parse_senders if name == "from" else parse_people
        people[name], more = read(fields.every_raw(name))
        if more:
            defects.append(TOO_MANY_ADDRESSES)
    if not any(person.address for person in people["from"]):
        defects.append(NO_FROM)
    if len({(one.address or one.name).casefold() for one in people["from"]}) > 1:
        defects.append(SEVERAL_SENDERS)
    return people, defects


def _sender(writers: tuple[Person, ...]) -> Person | None:
    """The first of From whose address can be read; else its words, as a name."""
    return next((one for one in writers if one.address), writers[0] if writers else None)


def _attachment(leaf: Part, defects: list[str]) -> AttachmentPart:
    content, defect = leaf.content()
    if defect:
        defects.append(defect)
    content_type = sealed_type(leaf, content)
    return AttachmentPart(
        number=leaf.number,
        filename=safe_filename(given_name(leaf, content), content_type, leaf.number),
        content_type=true_type(content_type, content),
        size=len(content),
    )


def _as_it_stands(fields: Fields, name: str) -> str:
    """The first field of that name on one line; encoded words are not decoded in ids."""
    return " ".join(fields.raw(name).split())
