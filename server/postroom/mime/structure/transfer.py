"""A body as its bytes were before transfer encoding (RFC 2045 §6)."""

import binascii
import io
import re

from postroom.mime.header.words import decode_base64

BROKEN_BASE64 = "A part's base64 is broken; what could be read was kept."
UNKNOWN_ENCODING = "A part names an unknown transfer encoding; it was left as it is."

_SEPARATORS = re.compile(r"[\s;,_\"']+")

_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits"})


def decode_transfer(body: bytes, encoding: str) -> tuple[bytes, str]:
    """The decoded bytes, and what was wrong with them ("" where nothing was). Never raises."""
    words = _SEPARATORS.sub(" ", encoding[:200].lower()).split()
    scheme = "quoted-printable" if words[:2] == ["quoted", "printable"] else "".join(words[:1])
    if scheme in _IDENTITY:
        return body, ""
    if scheme in ("base64", "base-64", "x-base64"):
        content, whole = decode_base64(body)
        return content, "" if whole else BROKEN_BASE64
    if scheme in ("quoted-printable", "quotedprintable", "x-quoted-printable", "qp"):
        return binascii.a2b_qp(body), ""
    if scheme in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecode(body), ""
    return body, UNKNOWN_ENCODING


def _uudecode(body: bytes) -> bytes:
    """The lines between ``begin`` and ``end``; a line that is no uuencode is skipped."""
    out = bytearray()
    inside = False
    for line in io.BytesIO(body):  # one at a time: twelve million lines fit into a mail
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() in (b"end", b"`", b""):
            inside = line.strip() != b"end"
        else:
            out += _uu_line(line.rstrip(b"\r\n"))
        if len(out) > len(body):
            break  # lines that say they are longer than they are; true ones grow by a third
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad the line: take only as many characters as its length byte says.
        count = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:count])
        except binascii.Error:
            return b""
