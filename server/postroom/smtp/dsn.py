"""Asking for delivery status notifications (RFC 3461): what may stand on MAIL and RCPT.

A bounce then comes with the send's id as its Original-Envelope-Id, names the recipient as we wrote
it, and carries the header section alone; a long delay is told as well. Without these words a
server is free to bounce as it likes.
"""

from postroom.model.sends import Envelope

MAX_ENVID_CHARS = 100
"""RFC 3461 §4.4, after escaping."""

_PLAIN = frozenset(chr(code) for code in range(33, 127)) - {"+", "="}


def mail_parameters(envelope: Envelope) -> list[str]:
    """For MAIL: ``RET=HDRS``, and ENVID where the envelope has an id that fits."""
    named = xtext(envelope.id)
    fits = 0 < len(named) <= MAX_ENVID_CHARS
    return ["RET=HDRS", *([f"ENVID={named}"] if fits else [])]


def rcpt_parameters(address: str) -> list[str]:
    """For RCPT. ORCPT stays away from an address that is not ASCII: it would need the type
    ``utf-8`` (RFC 6533 §3), which hardly any server that offers DSN knows."""
    named = [f"ORCPT=rfc822;{xtext(address)}"] if address.isascii() else []
    return ["NOTIFY=FAILURE,DELAY", *named]


def xtext(text: str) -> str:
    """ASCII with everything but visible characters, and "+" and "=", escaped (RFC 3461 §4).
    What is not ASCII is escaped as its UTF-8, octet by octet."""
    return "".join(c if c in _PLAIN else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    return "".join(f"+{octet:02X}" for octet in char.encode("utf-8", "replace"))
