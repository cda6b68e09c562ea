"""What a bounce says: whom it could not reach, and which mail came back (RFC 3464 and others)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postroom.mime import bounds
from postroom.mime.charsets import decode
from postroom.mime.fields import Fields, read_fields
from postroom.mime.tree import Part

_ADDRESS = re.compile(r"(?<![\w.+=-])([\w.+=#%&'*/!-]{1,100}@[\w-]{1,80}(?:\.[\w-]{1,80}){0,10})")
_RETURNED_COPY = re.compile(
    r"^[\s>-]{0,20}(?:-{2,}.{0,60}(?:copy|original|returned|unsent|message header|body)"
    r"|received: |return-path: |message-id: |original message|the original message was rec"
    r"|below this line|this is a copy|message headers? follow|--- message)",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(r"^[\s>]{0,10}message-id:\s{0,80}(<[^<>\s]{1,512}>)", re.I | re.M)
_FINAL_RECIPIENT = re.compile(
    r"^[\s>]{0,10}(?:final|original)-recipient:\s{0,9}rfc822\s{0,3};\s{0,9}<?([^\s<>;]{3,320})",
    re.I | re.M,
)
_NOBODY = ("mailer-daemon@", "postmaster@")


@dataclass(frozen=True, slots=True)
class Report:
    """What a bounce says; empty for a message that is none."""

    recipients: tuple[str, ...] = ()
    returned_message_id: str = ""
    is_standard: bool = False
    """It has the machine-readable part of RFC 3464."""
    delivers: bool = False
    """It says that the mail was delivered or passed on: no bounce."""


def read_report(root: Part, text: str) -> Report:
    """The report of a bounce with the tree ``root`` and the words ``text``. Never raises."""
    groups = [group for leaf in root.leaves() for group in _status_groups(leaf)]
    actions = {group.raw("action").lower().split(" ")[0].strip(";") for group in groups} - {""}
    delivers = bool(actions) and actions <= {"delivered", "relayed", "expanded"}
    found = list(_named(root, groups)) or list(_in_words(root, text))
    unique = dict.fromkeys(address for address in map(_bare, found) if address)
    return Report(
        recipients=tuple(unique)[: bounds.MAX_FAILED_RECIPIENTS],
        returned_message_id=_returned_id(root, text),
        is_standard=bool(groups),
        delivers=delivers,
    )


def _status_groups(leaf: Part) -> Iterator[Fields]:
    """The groups of fields of a delivery report: one for the message, one for each recipient
    (RFC 3464 §2.1). Some servers put blank lines anywhere, so each block of fields is a group."""
    if leaf.content_type not in ("message/delivery-status", "message/global-delivery-status"):
        return
    content = leaf.content()[0][: bounds.MAX_REPORT_BYTES].replace(b"\r\n", b"\n")
    for block in content.split(b"\n\n"):
        if block.strip():
            yield read_fields(block.strip(b"\n") + b"\n\n")


def _named(root: Part, groups: list[Fields]) -> Iterator[str]:
    """The recipients that fields name: those that failed or wait."""
    for group in groups:
        action = group.raw("action").lower()
        if action.startswith(("delivered", "relayed", "expanded")):
            continue
        # The original one is what we sent to; the final one is where it was forwarded (§2.3.1).
        yield _after_type(group.raw("original-recipient")) or _after_type(
            group.raw("final-recipient")
        )
    for value in root.fields.every_raw("x-failed-recipients"):
        yield from value.split(",")


def _in_words(root: Part, text: str) -> Iterator[str]:
    """The recipients that the words name before the copy of the returned mail begins."""
    words = text[: bounds.MAX_REPORT_BYTES]
    stated = [found[1] for found in _FINAL_RECIPIENT.finditer(words)]
    if stated:
        yield from stated
        return
    copy = _RETURNED_COPY.search(words)
    own = root.fields.raw("to").lower() + root.fields.raw("from").lower()
    before = words[: copy.start()] if copy else words
    candidates = [found[1] for found in _ADDRESS.finditer(before)][:20]
    yield from [address for address in candidates if address.lower() not in own][:5]


def _returned_id(root: Part, text: str) -> str:
    """The Message-ID field of the mail that came back, as it stands there."""
    for leaf in root.leaves():
        if leaf.number > 0 and leaf.content_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/global-headers",
            "message/rfc822-headers",
        ):
            fields = read_fields(leaf.content()[0][: bounds.MAX_REPORT_BYTES])
            if fields.has("message-id"):
                return fields.raw("message-id")
    found = _MESSAGE_ID.search(text[: bounds.MAX_REPORT_BYTES])
    return found[1] if found else ""


def _after_type(field: str) -> str:
    """The address in ``rfc822; user@host``; some servers leave the type out."""
    kind, mark, address = field.partition(";")
    return (address if mark else kind).strip()


def _bare(written: str) -> str:
    """``written`` as an address, or "" where it is none or is the reporting server's own."""
    text = decode(written.encode("utf-8", "replace"))[0].strip().strip("<>\"'. ;,:")
    text = text.removeprefix("mailto:").split(" ")[0].strip("<>")
    if "@" not in text.strip("@") or text.lower().startswith(_NOBODY):
        return ""
    return text[:320]
