"""XFORWARD: what a Postfix before us knows of whoever handed the mail to it. Pure.

An extension of Postfix (XFORWARD_README): `lmtp_send_xforward_command = yes` there. Whoever may
connect to the inlet may say anything here, as they may hand in mail from anybody.

    XFORWARD NAME=out.bank.example ADDR=203.0.113.9 HELO=out.bank.example SOURCE=REMOTE
"""

import re
from collections.abc import Mapping

from postroom.model.arrivals import Arrival, client_address, client_name

ATTRIBUTES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "SOURCE")
"""What may be said; NAME, PORT and PROTO are taken and not used."""

UNAVAILABLE = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})

MAX_VALUE_CHARS = 500

_ENCODED = re.compile(r"\+([0-9A-Fa-f]{2})")
"""xtext (RFC 3461 §4)."""


def read_forwarded(arguments: str) -> dict[str, str] | None:
    """The attributes of one command; None where they cannot be read. One that is not available is
    there and empty."""
    found: dict[str, str] = {}
    for word in arguments.split():
        name, mark, value = word.partition("=")
        if not mark or name.upper() not in ATTRIBUTES or len(value) > MAX_VALUE_CHARS:
            return None
        plain = _ENCODED.sub(lambda each: chr(int(each[1], 16)), value)
        found[name.upper()] = "" if value.upper() in UNAVAILABLE else plain
    return found or None


def arrival_of(forwarded: Mapping[str, str], sender: str) -> Arrival | None:
    """Who handed a mail over, by what was said; None where nothing was. What was written on that
    server itself was handed over by nobody."""
    if not forwarded:
        return None
    if forwarded.get("SOURCE", "").upper() == "LOCAL":
        return Arrival(sender=sender)
    client = client_address(forwarded.get("ADDR", ""))
    helo = client_name(forwarded.get("HELO", "")) if client else ""
    return Arrival(client=client, helo=helo, sender=sender)
