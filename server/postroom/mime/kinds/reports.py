"""What a report says: whom a mail could not reach and why, and which mail it tells of.

    the part for programs       RFC 3464, and what is left of it where a gateway took it apart
    X-Failed-Recipients         Exim, Gmail
    the words                   qmail, Exchange and all others (report_lines.py)

All of it is a stranger's word. Who marks a send of ours by it looks at what it names first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from postroom.mime import bounds
from postroom.mime.header.fields import Fields, read_fields
from postroom.mime.kinds.delivery_status import enhanced, is_dead, outcome
from postroom.mime.kinds.report_lines import (
    Line,
    bare_address,
    named_lines,
    own_words,
    without_type,
)
from postroom.mime.structure.tree import Part, read_tree
from postroom.model.messages import Reported, ReportedRecipient

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED_TYPES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}
    | {"message/global", "message/global-headers"}
)

FAILED_FIELD = "x-failed-recipients"
"""Exim's and Gmail's. Anybody can write it: by itself it proves nothing."""

_MESSAGE_ID = re.compile(r"^[\s>|]{0,10}message-id:\s{0,80}(<[^<>\s]{1,512}>)", re.I | re.M)
_MAX_GROUPS = 2 * bounds.MAX_FAILED_RECIPIENTS
_MAX_LEAVES = 10
_SUCCESS = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says; empty for a message that is none."""

    recipients: tuple[ReportedRecipient, ...] = ()
    envelope_id: str = ""
    returned_message_id: str = ""
    senders: tuple[str, ...] = ()
    """The envelope sender of the mail that it tells of, where it says."""
    is_standard: bool = False
    """It has the machine-readable part of RFC 3464."""
    delivers: bool = False
    """It says that the mail was delivered or passed on: no bounce."""


def read_report(root: Part, text: str) -> Report:
    """The report of a bounce with the tree ``root`` and the words ``text``. Never raises."""
    groups = _groups_of(root)
    if not groups:
        root, text, groups = _inner(root, text)
    actions = {_action(group) for group in groups} - {""}
    return Report(
        recipients=_recipients(root, text, groups),
        envelope_id=_envelope_id(groups),
        returned_message_id=returned_id(root, text),
        senders=returned_senders(root),
        is_standard=bool(groups),
        delivers=bool(actions) and actions.issubset(_SUCCESS),
    )


def _inner(root: Part, text: str) -> tuple[Part, str, list[Fields]]:
    """The report that a gateway put into a mail of its own, where it did (a scanner's, as it is
    with InterScan); else what was given. One level deep."""
    for leaf in first_leaves(root, frozenset({"message/rfc822"})):
        inner, _ = read_tree(leaf.content()[0][: bounds.MAX_REPORT_BYTES])
        groups = _groups_of(inner)
        if groups:
            return inner, text, groups
    return root, text, []


def first_leaves(root: Part, types: frozenset[str]) -> Iterator[Part]:
    """The first leaves of these types: a report has one of each."""
    return islice((leaf for leaf in root.leaves() if leaf.content_type in types), _MAX_LEAVES)


def _groups_of(root: Part) -> list[Fields]:
    return [group for leaf in first_leaves(root, STATUS_TYPES) for group in _status_groups(leaf)]


def _status_groups(leaf: Part) -> Iterator[Fields]:
    """The groups of fields of a delivery report: one for the message, one for each recipient
    (RFC 3464 §2.1). Some servers put blank lines anywhere, so each block of fields is a group."""
    content = leaf.content()[0][: bounds.MAX_REPORT_BYTES].replace(b"\r\n", b"\n")
    for block in content.split(b"\n\n")[:_MAX_GROUPS]:
        if block.strip():
            yield read_fields(block.strip(b"\n") + b"\n\n")


def _recipients(root: Part, text: str, groups: list[Fields]) -> tuple[ReportedRecipient, ...]:
    words = own_words(text)
    lines = {line.address.lower(): line for line in reversed(named_lines(root.fields, words))}
    named = list(reversed(lines.values()))[: bounds.MAX_FAILED_RECIPIENTS]
    words = words[: bounds.MAX_REASON_CHARS]
    found = [one for group in groups if (one := _of_group(group, lines, words))]
    if not any(one.address for one in found):
        found += [_of_field(value, lines, words) for value in _failed_field(root.fields)]
    if not any(one.address for one in found):
        found += [_of_line(line, words) for line in named] or ([] if found else [_unnamed(words)])
    unique: dict[str, ReportedRecipient] = {}
    for one in found:
        unique.setdefault(one.address.lower(), one)
    if len(unique) > 1:
        unique.pop("", None)
    return tuple(unique.values())[: bounds.MAX_FAILED_RECIPIENTS]


def _said(lines: dict[str, Line], *addresses: str) -> str:
    """What the words say of the first of these that they name; "" for none."""
    return next((lines[a.lower()].words for a in addresses if a.lower() in lines), "")


def _of_group(group: Fields, lines: dict[str, Line], words: str) -> ReportedRecipient | None:
    """One whom the part for programs names, unless the mail reached them. The original address is
    what we sent to; the final one is where it was forwarded (§2.3.1)."""
    action = _action(group)
    original = bare_address(without_type(group.raw("original-recipient")))
    final = bare_address(without_type(group.raw("final-recipient")))
    if action.startswith(_SUCCESS) or not (original or final or group.has("status")):
        return None
    diagnostic = without_type(group.raw("diagnostic-code"))[: bounds.MAX_REASON_CHARS]
    about = diagnostic or _said(lines, final, original) or words
    status = enhanced(group.raw("status"))
    if (not status or status.endswith(".0.0")) and (better := enhanced(about)):
        status = better if not status or better[0] == status[0] else status
    return _recipient(original or final, action, status, about, diagnostic)


def _of_field(address: str, lines: dict[str, Line], words: str) -> ReportedRecipient:
    about = _said(lines, address)
    return _recipient(address, "", enhanced(about) or enhanced(words), words, about)


def _of_line(line: Line, words: str) -> ReportedRecipient:
    status = enhanced(line.words)
    about = line.words if status else f"{line.words}\n{words}"
    return _recipient(line.address, "", status or enhanced(words), about, line.words)


def _unnamed(words: str) -> ReportedRecipient:
    return _recipient("", "", enhanced(words), words, "")


def _recipient(address: str, action: str, status: str, words: str, says: str) -> ReportedRecipient:
    reported = outcome(action, status, words)
    return ReportedRecipient(
        address=address,
        outcome=reported,
        status=status,
        dead=is_dead(reported, status, words),
        diagnostic=" ".join(says.split())[: bounds.MAX_DIAGNOSTIC_CHARS],
    )


def _failed_field(fields: Fields) -> list[str]:
    values = ",".join(fields.every_raw(FAILED_FIELD)).split(",", 200)[:200]
    return [address for value in values if (address := bare_address(value))]


def _action(group: Fields) -> str:
    return group.raw("action").lower().strip(" ;\t").split(" ")[0]


def returned_id(root: Part, text: str) -> str:
    """The Message-ID field of the mail that a report returns or quotes, as it stands there."""
    for fields in returned_fields(root):
        if fields.has("message-id"):
            return fields.raw("message-id")
    found = _MESSAGE_ID.search(text[: bounds.MAX_REPORT_BYTES])
    return found[1] if found else ""


def returned_senders(root: Part) -> tuple[str, ...]:
    """Where the mail that a report returns says that it came from: Return-Path, as the last server
    wrote it there."""
    found = (bare_address(fields.raw("return-path")) for fields in returned_fields(root))
    return tuple(dict.fromkeys(filter(None, found)))


def returned_fields(root: Part) -> Iterator[Fields]:
    """The header of each mail that a report returns."""
    for leaf in first_leaves(root, RETURNED_TYPES):
        if leaf.number > 0:
            yield read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES].lstrip(b"\r\n \t"))


def _envelope_id(groups: list[Fields]) -> str:
    """What the envelope was called (RFC 3464 §2.2.1). A send's id holds nothing that is escaped."""
    for group in groups:
        if group.has("original-envelope-id"):
            return group.raw("original-envelope-id").strip()[: bounds.MAX_ENVELOPE_ID_CHARS]
    return ""


def complained_of(address: str) -> ReportedRecipient:
    """Somebody who says that our mail is unwanted."""
    return ReportedRecipient(address=address, outcome=Reported.COMPLAINT)
