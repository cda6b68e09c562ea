"""What a complaint says: who calls a mail of ours unwanted, and which mail it was (RFC 5965)."""

from postroom.mime import bounds
from postroom.mime.header.fields import Fields, read_fields
from postroom.mime.kinds.report_lines import bare_address, without_type
from postroom.mime.kinds.reports import (
    RETURNED_TYPES,
    Report,
    complained_of,
    returned_fields,
    returned_id,
    returned_senders,
)
from postroom.mime.structure.tree import Part
from postroom.mime.unsubscribing import FIELD, offering

HOTMAIL_FIELD = "x-hmxmroriginalrecipient"
_STAFF = "staff@hotmail.com"
_FEEDBACK = "message/feedback-report"
COMPLAINT_TYPES = frozenset({_FEEDBACK, "message/rfc822"})
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient", "original-recipient")
_NO_COMPLAINT = frozenset({"not-spam", "opt-out-list", "auth-failure", "dmarc"})
"""Feedback types that call nothing unwanted (RFC 5965 §7.3, RFC 6591)."""


def read_complaint(root: Part, text: str) -> Report | None:
    """The complaint that a message with this tree is; None where it is none. Never raises."""
    leaf = next((leaf for leaf in root.leaves() if leaf.content_type == _FEEDBACK), None)
    if leaf is None:
        return _of_hotmail(root, text)
    fields = read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES].lstrip(b"\r\n \t"))
    if fields.raw("feedback-type").strip().lower() in _NO_COMPLAINT:
        return None
    named = [value for name in _RECIPIENT_FIELDS for value in fields.every_raw(name)]
    sender = bare_address(fields.raw("original-mail-from"))
    return _complaint(named, root, text, fields.raw("original-envelope-id"), sender)


def _of_hotmail(root: Part, text: str) -> Report | None:
    """Microsoft's own shape: the mail alone, with who complains in a field on top of it; where a
    program on the way has unpacked it, the report itself is that mail."""
    if not any(root.fields.raw(name).lower().count(_STAFF) for name in ("from", "return-path")):
        return None  # a person may pass on a mail that bears the field
    if root.fields.has(HOTMAIL_FIELD):
        return _complaint(root.fields.every_raw(HOTMAIL_FIELD), root, text)
    for leaf in root.leaves():
        if leaf.number >= 0 and leaf.content_type == "message/rfc822":
            fields = read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES])
            if fields.has(HOTMAIL_FIELD):
                return _complaint(fields.every_raw(HOTMAIL_FIELD), root, text)
    return None


def _complaint(
    named: list[str], root: Part, text: str, envelope_id: str = "", sender: str = ""
) -> Report:
    addresses = [address for value in named if (address := bare_address(without_type(value)))]
    if not addresses:
        addresses = _first_receivers(root)
    # Many providers take out who complains: whoever alone got the mail is known without that.
    unique = list(dict.fromkeys(addresses))[: bounds.MAX_FAILED_RECIPIENTS] or [""]
    return Report(
        recipients=tuple(map(complained_of, unique)),
        envelope_id=envelope_id.strip()[: bounds.MAX_ENVELOPE_ID_CHARS] or _offered_by(root),
        returned_message_id=returned_id(root, text),
        senders=tuple(filter(None, (sender, *returned_senders(root)))),
        is_standard=True,
    )


def _offered_by(root: Part) -> str:
    """The id of the send by which the returned mail offers to unsubscribe; "" where it does not."""
    offers = (id for fields in returned_fields(root) if (id := offering(fields.raw(FIELD.lower()))))
    return next(offers, "")


def _first_receivers(root: Part) -> list[str]:
    """Whom the returned mail was for, by its own To, where it was for one alone."""
    for leaf in root.leaves():
        if leaf.number >= 0 and leaf.content_type in RETURNED_TYPES:
            fields: Fields = read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES])
            to = [one for one in fields.raw("to").split(",") if "@" in one]
            if len(to) == 1:
                address = bare_address(to[0].rpartition("<")[2])
                return [address] if address else []
    return []
