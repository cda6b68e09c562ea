"""What may stand in MAIL FROM and RCPT TO, and which extensions a mail needs on its way."""

import re
from dataclasses import dataclass

from postroom.model.errors import InvalidRequest
from postroom.model.sends import Envelope

MAX_ADDRESS_OCTETS = 254
"""RFC 5321 §4.5.3.1.3: a path is at most 256 octets, and two of them are its angle brackets."""

_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")


@dataclass(frozen=True)
class Needs:
    """What the server must be able to do to carry this mail unharmed."""

    eight_bit: bool
    """Some octet is above 127: BODY=8BITMIME (RFC 6152)."""
    utf8: bool
    """An address or a header field is not ASCII: SMTPUTF8 (RFC 6531 §3.1)."""


def check_envelope(envelope: Envelope) -> None:
    """Raise InvalidRequest for an envelope that must not reach a command line.

    An address that carries CR, LF, a space or an angle bracket could end its command and begin
    another, or add a parameter; aiosmtplib would quietly shorten it. The empty sender is legal
    (RFC 5321 §4.5.5), an empty recipient is not.
    """
    if not envelope.recipients:
        raise InvalidRequest("no_recipients", "The envelope names no recipient.")
    for address in envelope.recipients:
        _check_address(address)
    if envelope.sender:
        _check_address(envelope.sender)


def _check_address(address: str) -> None:
    if not address or any(_forbidden(char) for char in address):
        raise InvalidRequest(
            "invalid_address",
            "An address of the envelope is empty, or holds a space, a control character "
            "or an angle bracket.",
            "Give bare addresses such as ada@example.org.",
        )
    if len(address.encode()) > MAX_ADDRESS_OCTETS:
        raise InvalidRequest(
            "invalid_address",
            f"An address of the envelope is longer than {MAX_ADDRESS_OCTETS} octets.",
        )


def _forbidden(char: str) -> bool:
    return char in "<>" or char.isspace() or not char.isprintable()


def needs_of(envelope: Envelope, raw: bytes) -> Needs:
    """Which extensions this mail needs: none for plain ASCII, so that any server will do."""
    eight_bit = not raw.isascii()
    addresses_ascii = all(a.isascii() for a in (envelope.sender, *envelope.recipients))
    utf8 = not addresses_ascii or (eight_bit and not _header_section(raw).isascii())
    return Needs(eight_bit=eight_bit, utf8=utf8)


def _header_section(raw: bytes) -> bytes:
    end = _HEADER_END.search(raw)
    return raw[: end.start()] if end else raw
