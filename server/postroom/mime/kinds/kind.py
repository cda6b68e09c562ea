"""What sort of message it is, by its header and its parts; the first that fits:

    complaint     a feedback report (RFC 5965), and Microsoft's shape of it
    bounce        a delivery report of a failure or a delay (RFC 3464), and the unstandard ones
    receipt       a disposition notification (RFC 8098), and a report of a delivery that went well
    invitation    a calendar part that asks or answers (RFC 5546)
    auto_reply    written by a program (RFC 3834, and what is written instead of it), also where a
                  mail program unsubscribes for its reader
    list          handed on by a mailing list (RFC 2919)
    message       all others: a person's, as far as anybody can tell

A person's mail must not get through a gate to one of the others by the words in it: each gate asks
for something in the header or the parts that people's programs do not write.
"""

import re
from dataclasses import replace

from postroom.mime.header.fields import Fields, read_fields
from postroom.mime.kinds.automatic import is_automatic
from postroom.mime.kinds.bounces import may_be_bounce
from postroom.mime.kinds.complaints import COMPLAINT_TYPES, HOTMAIL_FIELD, read_complaint
from postroom.mime.kinds.reports import Report, read_report, returned_id
from postroom.mime.structure.tree import Part
from postroom.mime.unsubscribing import asks
from postroom.model.messages import MessageKind

_MDN = "message/disposition-notification"
_METHOD = re.compile(rb"^METHOD[ \t]*:[ \t]*([A-Za-z]{3,20})", re.MULTILINE)
_ITIP = frozenset({"request", "reply", "add", "cancel", "refresh", "counter", "declinecounter"})
"""What goes between who invites and who is invited (RFC 5546 §1.4). PUBLISH asks nothing: tickets
and timetables come with it."""

_LIST_FIELDS = frozenset({"list-id", "list-post", "x-mailing-list"})

_CALENDAR_HEAD_BYTES = 4_096
"""Where METHOD stands: among the first properties of the calendar (RFC 5545 §3.7.2)."""


def message_kind(root: Part, text: str) -> tuple[MessageKind, Report]:
    """The kind of the message whose tree is ``root`` and whose words are ``text``, and what it
    reports, where it is a report."""
    types = {leaf.content_type for leaf in root.leaves()}
    if types & COMPLAINT_TYPES or root.fields.has(HOTMAIL_FIELD):
        complaint = read_complaint(root, text)
        if complaint is not None:
            return MessageKind.COMPLAINT, complaint
    subject = root.fields.text("subject")[:500]
    if may_be_bounce(root, subject, text, types):
        report = read_report(root, text)
        if report.delivers:
            return MessageKind.RECEIPT, replace(report, recipients=())
        return MessageKind.BOUNCE, report
    if _MDN in types:
        return MessageKind.RECEIPT, Report(returned_message_id=_read_of(root, text))
    if "text/calendar" in types and _invites(root):
        return MessageKind.INVITATION, Report()
    if asks(subject) or is_automatic(root.fields, subject):
        return MessageKind.AUTO_REPLY, Report()
    if _is_from_list(root.fields):
        return MessageKind.LIST, Report()
    return MessageKind.MESSAGE, Report()


def _read_of(root: Part, text: str) -> str:
    """The Message-ID of the mail that a receipt tells of."""
    for leaf in root.leaves():
        if leaf.content_type == _MDN:
            fields = read_fields(leaf.content()[0][:_CALENDAR_HEAD_BYTES].lstrip(b"\r\n \t"))
            if fields.has("original-message-id"):
                return fields.raw("original-message-id")
    return returned_id(root, text)


def _invites(root: Part) -> bool:
    """Whether a calendar part asks for something or answers."""
    for leaf in root.leaves():
        if leaf.content_type != "text/calendar":
            continue
        method = leaf.parameters.get("method", "").strip().lower()
        if not method:
            found = _METHOD.search(leaf.content()[0][:_CALENDAR_HEAD_BYTES])
            method = found[1].decode("ascii").lower() if found else ""
        if method in _ITIP:
            return True
    return False


def _is_from_list(fields: Fields) -> bool:
    """Whether a mailing list handed it on: List-Id (RFC 2919), or what older lists write."""
    return any(
        name in _LIST_FIELDS or (name == "precedence" and value.strip().lower() == b"list")
        for name, value in fields.items
    )
