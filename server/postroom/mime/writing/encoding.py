"""Bodies of a message that we send: transfer encoding and the fields that describe it."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import quote

from postroom.mime.writing.outgoing import one_line
from postroom.model.errors import InvalidRequest
from postroom.model.messages import AttachedFile

_TYPE = re.compile(
    r"([a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126})"
    r"(?:\s*;\s*charset\s*=\s*\"?([a-z0-9_.:+-]{1,40})\"?)?\s*",
    re.IGNORECASE,
)
_MAX_LINE = 998
"""A line, octets without its break (RFC 5322 §2.1.1)."""

_FROM_LINE = re.compile(rb"^From ", re.MULTILINE)
_NAME_LINE = 60


@dataclass(frozen=True, slots=True)
class Body:
    """Fields that describe a body, and the body as it goes out."""

    fields: list[str]
    content: bytes


def text_body(text: str, subtype: str) -> Body:
    """``text`` as a part: in 7 bits as it is where that is safe, else the shorter encoding."""
    content = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8")
    field = f"Content-Type: text/{subtype}; charset=utf-8"
    if _goes_as_it_is(content):
        return Body([field, "Content-Transfer-Encoding: 7bit"], content.replace(b"\n", b"\r\n"))
    printable = _quoted_printable(content)
    coded = _base64(content.replace(b"\n", b"\r\n"))
    if len(printable) <= len(coded):
        return Body([field, "Content-Transfer-Encoding: quoted-printable"], printable)
    return Body([field, "Content-Transfer-Encoding: base64"], coded)


def attachment_body(file: AttachedFile) -> Body:
    """``file`` as a part that gives back the same bytes.

    An attached mail may not be encoded (RFC 2046 §5.2.1), so it goes as it is where it is 7-bit
    with CRLF; any other one goes as plain bytes under its name, whole. Raises InvalidRequest for a
    type or a name that cannot be written.
    """
    kind, charset = _checked_type(file.content_type)
    disposition = _disposition(file.filename)
    if kind == "message/rfc822" and _is_plain_mail(file.content):
        return Body([f"Content-Type: {kind}", disposition], file.content)
    if kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    field = f"Content-Type: {kind}" + (f"; charset={charset}" if charset else "")
    return Body([field, disposition, "Content-Transfer-Encoding: base64"], _base64(file.content))


def _checked_type(content_type: str) -> tuple[str, str]:
    found = _TYPE.fullmatch(one_line(content_type, "content type") or "application/octet-stream")
    if found is None:
        raise InvalidRequest(
            "content_type_invalid",
            "An attachment's content type is not one.",
            "Give it as type/subtype, or leave it out.",
        )
    return found[1].lower(), found[2] or ""


def _disposition(filename: str) -> str:
    """Content-Disposition with the file's name (RFC 2183, RFC 2231 §3 and §4)."""
    name = one_line(filename, "file name")
    if name.isascii() and not set(name) & set('"\\%*') and len(name) <= _NAME_LINE:
        return f'Content-Disposition: attachment;\r\n filename="{name}"'
    coded = quote(name, safe="", encoding="utf-8")
    if len(coded) <= _NAME_LINE:
        return f"Content-Disposition: attachment;\r\n filename*=utf-8''{coded}"
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,20}", coded)
    pieces[0] = f"utf-8''{pieces[0]}"
    sections = [f" filename*{number}*={piece}" for number, piece in enumerate(pieces)]
    return "Content-Disposition: attachment;\r\n" + ";\r\n".join(sections)


def _goes_as_it_is(content: bytes) -> bool:
    """Whether no server on the way has a reason to change it: 7-bit, short lines, no trailing
    white space, no line that an mbox would mark."""
    if not content.isascii() or b"\x7f" in content or _FROM_LINE.search(content):
        return False
    if any(byte < 32 and byte not in (9, 10) for byte in set(content)):
        return False
    lines = content.split(b"\n")
    return all(len(line) <= _MAX_LINE and not line.endswith((b" ", b"\t")) for line in lines)


def _is_plain_mail(content: bytes) -> bool:
    if not content.isascii() or b"\x00" in content:
        return False
    bare = content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    return b"\r" not in bare and b"\n" not in bare and max(map(len, lines)) <= _MAX_LINE


def _quoted_printable(content: bytes) -> bytes:
    """RFC 2045 §6.7, with ``From`` at the start of a line encoded, which some stores would mark."""
    coded = binascii.b2a_qp(content, istext=True).replace(b"\r\n", b"\n")
    coded = coded.replace(b"\r", b"=0D")
    return _FROM_LINE.sub(b"=46rom ", coded).replace(b"\n", b"\r\n")


def _base64(content: bytes) -> bytes:
    """In lines of 76 characters (RFC 2045 §6.8)."""
    coded = base64.b64encode(content)
    return b"\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76))
