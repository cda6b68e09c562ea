"""Fields of a message that we send: checked, encoded, folded.

Nothing here repairs a line break: a field that holds one is refused, so that no word of an agent
or of a stranger can become a field of its own.
"""

import base64
import re

from postroom.model.errors import InvalidRequest
from postroom.model.messages import Person

MAX_REFERENCES = 50
"""Ids written into References. The first names the conversation and the last ones the place in
it; a field of all of them grows without end (RFC 5322 §3.6.4 asks for no more than a trail)."""

_LINE = 76
_HARD_LINE = 990
"""A field's line, octets: RFC 5322 §2.1.1 allows 998."""

_BROKEN = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_ADDRESS = re.compile(r'(?:"(?:[^"\\\s]|\\[^\s])+"|[^\s"<>@(),:;\[\]\\]+)@[^\s"<>@(),:;\\]+')
MAX_ADDRESS_CHARS = 320
"""64 before the @ and 255 behind it (RFC 5321 §4.5.3.1)."""

_ID = re.compile(r"[!-;=?-~]{1,900}")
_PRINTABLE = re.compile(r"[ -~]*")


def one_line(value: str, field: str) -> str:
    """``value``, or InvalidRequest where it holds a line break or another control character."""
    if _BROKEN.search(value):
        raise InvalidRequest(
            "control_character",
            f"The {field} holds a line break or another control character.",
            "Write it on one line and send again.",
        )
    return value


def checked_id(value: str) -> str:
    """A message id without angle brackets, or InvalidRequest where it is none."""
    if not _ID.fullmatch(value):
        raise InvalidRequest(
            "message_id_invalid",
            "The message id is not one.",
            "Give it without angle brackets, as left@right.",
        )
    return value


def identifier_fields(in_reply_to: str, references: tuple[str, ...]) -> list[str]:
    """In-Reply-To and References, one id a line. Ids come from strangers' mail: one that cannot be
    written in a header is left out, one with a line break is refused."""
    fields = []
    if in_reply_to and _ID.fullmatch(one_line(in_reply_to, "In-Reply-To")):
        fields.append(f"In-Reply-To: <{in_reply_to}>")
    trail = [value for value in references if _ID.fullmatch(one_line(value, "References"))]
    if len(trail) > MAX_REFERENCES:
        trail = [trail[0], *trail[-(MAX_REFERENCES - 1) :]]
    if trail:
        fields.append("References: " + "\r\n ".join(f"<{value}>" for value in trail))
    return fields


def is_writable(address: str) -> bool:
    """Whether a mail can be addressed so. What strangers call their address need not be: a quoted
    local part may hold spaces (RFC 5322 §3.2.4), which this program does not write."""
    return (
        len(address) <= MAX_ADDRESS_CHARS
        and not _BROKEN.search(address)
        and _ADDRESS.fullmatch(address) is not None
    )


def address_field(field: str, people: tuple[Person, ...]) -> str:
    """A field of addresses, folded between them."""
    return f"{field}: " + ",\r\n ".join(_mailbox(person) for person in people)


def text_field(field: str, value: str) -> str:
    """A field of words: as they are where that is safe, else encoded words (RFC 2047)."""
    value = value.strip()
    short = len(field) + 2 + len(value) <= _HARD_LINE
    if _PRINTABLE.fullmatch(value) and "=?" not in value and short:
        return _folded(f"{field}: {value}") if value else f"{field}:"
    return f"{field}: " + encoded_words(value, len(field) + 2)


def encoded_words(value: str, used: int = 0) -> str:
    """``value`` as encoded words of whole characters, at most 75 octets each (RFC 2047 §2, §5)."""
    words, chunk = [], b""
    room = _room(used)
    for character in value:
        octets = character.encode("utf-8")
        if len(chunk) + len(octets) > room:
            words.append(chunk)
            chunk, room = b"", _room(1)
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def _room(used: int) -> int:
    """How many octets fit into one base64 word on a line of which ``used`` are taken."""
    return max(12, (min(75, _LINE - used) - len("=?utf-8?B??=")) // 4 * 3)


def _folded(line: str) -> str:
    """``line`` broken before spaces at about 76 characters; never inside a run of spaces, where a
    reader could take one away."""
    out, start = [], 0
    while len(line) - start > _LINE:
        at = _fold_at(line, start)
        if at < 0:
            break
        out.append(line[start:at])
        start = at
    out.append(line[start:])
    return "\r\n".join(out)


def _fold_at(line: str, start: int) -> int:
    """Where to break: the last single space within the line, else the first one after it. The
    place right behind the field's name is none: some readers lose the field there."""
    name_end = line.find(": ") + 2 if start == 0 else start + 1
    at = line.rfind(" ", name_end, start + _LINE)
    if at < 0:
        at = line.find(" ", start + _LINE)
    while at > 0 and (line[at - 1] == " " or line[at + 1 : at + 2] in ("", " ")):
        at = line.find(" ", at + 1)
    return at


def _mailbox(person: Person) -> str:
    address = one_line(person.address, "address")
    if not is_writable(address):
        raise InvalidRequest(
            "address_invalid", "An address is not one.", "Give it bare, as local@domain."
        )
    name = one_line(person.name, "display name").strip()
    return f"{_phrase(name)} <{address}>" if name else f"<{address}>"


def _phrase(name: str) -> str:
    """A display name as atoms, as a quoted string, or as encoded words (RFC 5322 §3.2.5)."""
    if not _PRINTABLE.fullmatch(name) or "=?" in name or len(name) > 60:
        return encoded_words(name, 8)
    if all(_ATOM.fullmatch(word) and "." not in word for word in name.split(" ")):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
