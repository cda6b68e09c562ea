"""Whether a mail is a delivery report, by who sent it and what it proves.

    parts for programs      whoever writes them wants it taken for one (RFC 6522)
    a mail server's own     its words suffice: mailer-daemon's anywhere, as nobody else writes from
    address                 there; a postmaster's in a subject, as people sit there
    nobody                  (``Return-Path: <>``) the subject says it, or the words as below:
                            programs of all sorts send so
    all others              the subject says nothing else, and the words say it, ask nothing, answer
                            nothing, and prove it: they name whom the mail did not reach as programs
                            do, or the mail is returned

Names that anybody may bear (``bounces@``, "Mail Delivery Services") prove nothing.
"""

import re

from postroom.mime import bounds
from postroom.mime.header.addresses import parse_people
from postroom.mime.header.fields import Fields, read_fields
from postroom.mime.kinds.automatic import has_null_sender
from postroom.mime.kinds.report_lines import names_as_programs_do, own_words
from postroom.mime.kinds.report_words import RETURNED, TOLD
from postroom.mime.kinds.reports import FAILED_FIELD, RETURNED_TYPES, STATUS_TYPES
from postroom.mime.structure.tree import Part

_DAEMON = re.compile(r"m(?:ail(?:er)?)?[-_.]?daemon\Z|microsoftexchange[0-9a-f]{32}\Z")
"""Local parts that servers alone write from: ``mailer-daemon``, ``MDaemon``, Exchange's own."""

_POSTMASTER = "postmaster"
_WRITTEN_LOCAL = re.compile(r"[<\"'\s]{0,9}([\w.+-]{1,80})")
_ASKS = re.compile(r"[?？؟](?:\s|\Z)")

_SEARCHED_CHARS = 3_000
_TOLD_CHARS = 1_500
"""Where a report of a sender without a server's address must say what it is: at its beginning."""


def may_be_bounce(root: Part, subject: str, text: str, types: set[str]) -> bool:
    """Whether the message with the tree ``root``, its decoded ``subject``, the words ``text`` and
    parts of these ``types`` is a report of a mail that came back or is delayed."""
    if _is_report(root, types):
        return True
    local, nobody = _writes_as(root.fields), has_null_sender(root.fields)
    is_daemon = bool(_DAEMON.match(local))
    if is_daemon or nobody or local == _POSTMASTER:
        if types & STATUS_TYPES or root.fields.has(FAILED_FIELD):
            return True
        if RETURNED.search(subject) and (is_daemon or not root.fields.has("in-reply-to")):
            return True
    if is_daemon:
        return bool(RETURNED.search(text[:_SEARCHED_CHARS])) or _returns(root)
    return bool(nobody or TOLD.search(subject)) and _tells(root, text)


def _is_report(root: Part, types: set[str]) -> bool:
    if root.content_type != "multipart/report":
        return False
    named = root.parameters.get("report-type", "").lower()
    return named == "delivery-status" or (not named and bool(types & STATUS_TYPES))


def _writes_as(fields: Fields) -> str:
    """The local part of From, in lower case; a server's where it is written as ``<>``; its first
    word where it holds no address that can be read."""
    written = fields.raw("from").lower()
    if "<>" in written:
        return "mailer-daemon"
    people, _ = parse_people([written])
    if people:
        return people[0].address.rpartition("@")[0].lower()
    first = _WRITTEN_LOCAL.match(written)
    return first[1] if first else ""


def _tells(root: Part, text: str) -> bool:
    """Whether the words say that a mail came back, and prove it. One that answers or passes on
    another has quotes on top; a parcel comes back as well; people who tell of returned mail tell
    it in sentences, and ask what now."""
    words = own_words(text)[:_TOLD_CHARS]
    if not RETURNED.search(words) or _ASKS.search(words) or root.fields.has("in-reply-to"):
        return False
    if root.fields.has(FAILED_FIELD) or names_as_programs_do(root.fields, words):
        return True
    return _returns(root)


def _returns(root: Part) -> bool:
    """Whether a mail is returned in it: not a report that somebody passes on."""
    for leaf in root.leaves():
        if leaf.content_type in RETURNED_TYPES:
            fields = read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES].lstrip(b"\r\n \t"))
            local = _writes_as(fields)
            if not _DAEMON.match(local) and local != _POSTMASTER:
                return True
    return False
