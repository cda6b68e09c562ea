"""The header fields that say how a mail came here, and the claims that only we may make. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from postroom.mime.trace.final_delivery import delivery_fields
from postroom.mime.trace.order import STRUCK

_HOST = re.compile(r"[0-9A-Za-z._:\[\]-]{1,255}\Z")
_MESSAGE_ID = re.compile(rb"<([^<>\s\x00-\x20\x7f]{1,512})>")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")


@dataclass(frozen=True, slots=True)
class Arrival:
    """How one submission reached us."""

    id: str
    hostname: str
    helo: str
    """What the client called itself: its own words."""
    peer: str
    login: str
    sender: str
    """The envelope sender; empty for the null reverse-path (RFC 5321 §4.5.5)."""
    arrived: float
    """Seconds since 1970."""
    smtputf8: bool = False


def trace_fields(arrival: Arrival, recipients: Sequence[str]) -> bytes:
    """The fields that go on top of one mailbox's copy, each line ended by CRLF.

    ``recipients`` are the addresses as given in RCPT that led to this mailbox. Every value was
    checked to hold no control character (`directory.is_address`) or is checked here.
    """
    # RFC 6531 §3.7.3 names the protocol of a transaction that used SMTPUTF8.
    protocol = "UTF8SMTPA" if arrival.smtputf8 else "ESMTPA"
    helo = arrival.helo if _HOST.match(arrival.helo) else "unknown"
    when = format_datetime(datetime.fromtimestamp(arrival.arrived, UTC))
    lines = [
        *delivery_fields(arrival.sender, recipients),
        f"Received: from {helo} ([{arrival.peer}])",  # RFC 5321 §4.4
        f"\tby {arrival.hostname} with {protocol} id {arrival.id}",
        f"\tfor <{recipients[0]}>;",
        f"\t{when}",
        f"Authentication-Results: {arrival.hostname};",  # RFC 8601 §2.7.4
        f"\tauth=pass smtp.auth={arrival.login}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def without_forged_results(raw: bytes, hostname: str) -> bytes:
    """The same mail without Authentication-Results that claim to be ours (RFC 8601 §5): they stay
    under another name, which no program believes, so that a reader can be told of them.

    Everything else stays as it is, byte for byte. Expects CRLF line ends and no bare CR or LF
    (`has_bare_newline`): a reader that takes one for a line end would see a field that we did not.
    """
    if b"authentication-results" not in raw[: _header_end(raw)].lower():
        return raw
    kept: list[bytes] = []
    start = 0
    for begin, end in _fields(raw):
        if _claims(raw[begin:end], hostname):
            kept += [raw[start:begin], STRUCK.title().encode()]
            start = raw.index(b":", begin)
    return b"".join([*kept, raw[start:]]) if kept else raw


def message_id_of(raw: bytes) -> str:
    """The Message-ID of a mail without brackets; "" where it has none that can be written down."""
    for begin, end in _fields(raw):
        name, _, value = raw[begin:end].partition(b":")
        if name.strip(b" \t").lower() == b"message-id":
            found = _MESSAGE_ID.search(value)
            return found[1].decode("utf-8", "replace") if found else ""
    return ""


def has_bare_newline(raw: bytes) -> bool:
    """Whether a CR or LF stands alone (RFC 5321 §2.3.8): the stuff that smuggling is made of."""
    pairs = raw.count(b"\r\n")
    return raw.count(b"\n") != pairs or raw.count(b"\r") != pairs


def _header_end(raw: bytes) -> int:
    if raw.startswith(b"\r\n"):
        return 0
    end = raw.find(b"\r\n\r\n")
    return len(raw) if end < 0 else end + 2


def _fields(raw: bytes) -> Iterator[tuple[int, int]]:
    begin, header_end = 0, _header_end(raw)
    while begin < header_end:
        found = _FIELD_END.search(raw, begin, header_end)
        end = found.end() if found else header_end
        yield begin, end
        begin = end


def _claims(field: bytes, hostname: str) -> bool:
    name, _, value = field.partition(b":")
    if name.strip(b" \t").lower() != b"authentication-results":
        return False
    return _authserv_id(value.decode("utf-8", "replace")) in (hostname.lower(), None)


def _authserv_id(value: str) -> str | None:
    """The authserv-id, lower case (RFC 8601 §2.2); None where the field does not say one.

    A field whose comment or quoted string never ends is unreadable: readers differ in what they
    make of it, so it counts as a claim.
    """
    rest = value
    while (rest := rest.lstrip(" \t\r\n")).startswith("("):
        after = _after_comment(rest)
        if after is None:
            return None
        rest = after
    if rest.startswith('"'):
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"', rest, re.DOTALL)
        return re.sub(r"\\(.)", r"\1", quoted[1]).strip().lower() if quoted else None
    return re.split(r"[\s;(]", rest, maxsplit=1)[0].rstrip(".").lower()


def _after_comment(text: str) -> str | None:
    """What follows the comment (RFC 5322 §3.2.2, it may nest) that ``text`` begins with."""
    depth = 0
    for token in re.finditer(r"\\.|[()]", text, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return text[token.end() :]
    return None
