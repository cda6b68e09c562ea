"""What the server that delivers a mail puts on top of it, and how it stays on top."""

import re
from collections.abc import Sequence

RETURN_PATH = "return-path"

_FIELD_START = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|\r\n|\Z")


def delivery_fields(sender: str, recipients: Sequence[str]) -> list[str]:
    """The fields of a final delivery, without line ends: Return-Path (RFC 5321 §4.4), empty for the
    null sender, and one Delivered-To for each address as it was given (RFC 9228).

    The addresses must hold no control character: whoever took them from a command has seen to it.
    """
    return [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in recipients)]


def set_apart(raw: bytes) -> bytes:
    """The same mail, below a blank line where it begins with neither a field nor a blank line.

    Whatever its first line is would otherwise go on from our last trace field, as a folded line or
    for a reader that mends broken folding, and say things under our name. It is body then: what
    begins without a field has no header section (RFC 5322 §2.1).
    """
    return raw if _FIELD_START.match(raw) else b"\r\n" + raw
