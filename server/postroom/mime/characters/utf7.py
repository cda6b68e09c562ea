"""Folder names on the wire: modified UTF-7 (RFC 3501 §5.1.3).

Printable ASCII stands for itself, "&" is "&-", and everything else is UTF-16 in base64 with ","
for "/", without padding, between "&" and "-".
"""

import binascii
import re

_OUTSIDE = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]*")


def encode_name(name: str) -> str:
    """The name as it goes on the wire, in printable ASCII."""
    return _OUTSIDE.sub(_shift, name)


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    utf16 = match[0].encode("utf-16-be", "surrogatepass")
    base64 = binascii.b2a_base64(utf16, newline=False).decode().rstrip("=")
    return "&" + base64.replace("/", ",") + "-"


def decode_name(wire: bytes) -> str:
    """The name as a person reads it. What is no modified UTF-7 is taken as it stands (UTF-8, with
    undecodable octets replaced): such folders exist, made by other programs."""
    text = wire.decode("utf-8", "replace")
    try:
        return _decoded(text)
    except (ValueError, UnicodeDecodeError):
        return text


def _decoded(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for match in _SHIFTED.finditer(text):
        pieces += [_plain(text[at : match.start()]), _unshift(match[1])]
        at = match.end()
    return "".join([*pieces, _plain(text[at:])])


def _plain(text: str) -> str:
    if not _PLAIN.fullmatch(text):
        raise ValueError("not modified UTF-7")
    return text


def _unshift(base64: str) -> str:
    if not base64:
        return "&"
    padded = base64.replace(",", "/") + "=" * (-len(base64) % 4)
    return binascii.a2b_base64(padded, strict_mode=True).decode("utf-16-be")
