"""What sort of message it is, by its header and its parts; the first that fits:

    complaint     a feedback report (RFC 5965), and Microsoft's shape of it
    bounce        a delivery report of a failure or a delay (RFC 3464), and the unstandard ones
    receipt       a disposition notification (RFC 8098), and a report of a delivery that went well
    invitation    a calendar part that asks or answers (RFC 5546)
    auto_reply    written by a program (RFC 3834, and what is written instead of it)
    list          handed on by a mailing list (RFC 2919)
    message       all others: a person's, as far as anybody can tell

A person's mail must not get through a gate to one of the others by the words in it: each gate asks
for something in the header or the parts that people's programs do not write.
"""

import re
from dataclasses import replace

from postroom.mime.header.fields import Fields, read_fields
from postroom.mime.kinds.automatic import has_null_sender, is_automatic
from postroom.mime.kinds.complaints import COMPLAINT_TYPES, HOTMAIL_FIELD, read_complaint
from postroom.mime.kinds.report_lines import names_on_a_line, own_words
from postroom.mime.kinds.report_words import RETURNED, TOLD
from postroom.mime.kinds.reports import (
    RETURNED_TYPES,
    STATUS_TYPES,
    Report,
    read_report,
    returned_id,
)
from postroom.mime.structure.tree import Part
from postroom.model.messages import MessageKind

_DAEMONS = frozenset(
    {"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mdaemon", "mailer_daemon"}
    | {"bounce", "bounces", "mailadmin", "mail-system", "mmdf", "mailer"}
)
_EXCHANGE = "microsoftexchange"
"""Exchange's own address has 32 hexadecimal digits behind it."""

_DAEMON_WORDS = ("mail delivery s", "mailer-daemon", "postmaster", "mail deliver", "mail daemon")
_SEARCHED_CHARS = 3_000
_TOLD_CHARS = 1_500
"""Where a report of a sender without a daemon's name must say what it is: at its beginning."""

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
    if _may_be_bounce(root, subject, text, types):
        report = read_report(root, text)
        if report.delivers:
            return MessageKind.RECEIPT, replace(report, recipients=())
        return MessageKind.BOUNCE, report
    if _MDN in types:
        return MessageKind.RECEIPT, Report(returned_message_id=_read_of(root, text))
    if "text/calendar" in types and _invites(root):
        return MessageKind.INVITATION, Report()
    if is_automatic(root.fields, subject):
        return MessageKind.AUTO_REPLY, Report()
    if _is_from_list(root.fields):
        return MessageKind.LIST, Report()
    return MessageKind.MESSAGE, Report()


def _may_be_bounce(root: Part, subject: str, text: str, types: set[str]) -> bool:
    fields = root.fields
    if root.content_type == "multipart/report":
        named = root.parameters.get("report-type", "").lower()
        if named == "delivery-status" or (not named and types & STATUS_TYPES):
            return True
    if fields.has("x-failed-recipients"):
        return True
    if not _from_daemon(fields) and not has_null_sender(fields):
        return bool(TOLD.search(subject)) and _tells(root, text, types)
    if types & STATUS_TYPES or (_from_mailer_daemon(fields) and types & RETURNED_TYPES):
        return True
    return bool(RETURNED.search(subject) or RETURNED.search(text[:_SEARCHED_CHARS]))


def _tells(root: Part, text: str, types: set[str]) -> bool:
    """Whether a mail whose subject says that one came back says so itself, and names whom it did
    not reach on a line of its own or returns the mail. One that answers or passes on another has
    quotes on top. A parcel comes back as well, and people tell of returned mail in sentences."""
    words = own_words(text)
    if not RETURNED.search(words[:_TOLD_CHARS]) or root.fields.has("in-reply-to"):
        return False
    return bool(types & RETURNED_TYPES) or names_on_a_line(root.fields, words[:_TOLD_CHARS])


def _from_daemon(fields: Fields) -> bool:
    """Whether From names a mail server rather than a person."""
    written = fields.raw("from").lower()
    local = re.search(r"([\w.+-]{1,80})@", written)
    if local is not None and (local[1] in _DAEMONS or local[1].startswith(_EXCHANGE)):
        return True
    return "<>" in written or any(words in written for words in _DAEMON_WORDS)


def _from_mailer_daemon(fields: Fields) -> bool:
    return "mailer-daemon@" in fields.raw("from").lower()


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
