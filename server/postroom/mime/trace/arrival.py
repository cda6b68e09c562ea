"""Who handed a mail over, read from the topmost Received field of a server of one's own.

    Received: from mx.example.com by mx.example.com with LMTP      within the walls: passed by
    Received: from localhost ([127.0.0.1]) by mx.example.com …     a filter beside it: passed by
    Received: from out.bank.example (… [203.0.113.9]) by mx.example.com …     this one
    Received: … by mx.example.com …                                a stranger may have written it

Only servers that the operator names are passed by, as each writes on top of what it was given (RFC
5321 §4.4): whatever another name stands in, and all below it, says nothing.
"""

import re
from collections.abc import Collection

from postroom.mime.header.comments import outside_comments
from postroom.mime.header.fields import Fields
from postroom.mime.trace.final_delivery import RETURN_PATH
from postroom.model.arrivals import Arrival, client_address, client_name

MAX_PASSED = 10
"""Fields of one's own servers that are passed by."""

MAX_RECEIVED_CHARS = 2_000

_POSTFIX = re.compile(r"from (?P<helo>\S{1,255}) \(\S{1,255} \[(?P<ip>[0-9A-Za-z:.]{2,60})\]")
"""Postfix and Sendmail: what it called itself, its name by the DNS, its address."""

_EXIM = re.compile(
    r"from (?P<name>\S{1,255}) \(\[(?P<ip>[0-9A-Za-z:.]{2,60})\](?::\d+)?"
    r"(?: helo=(?P<helo>[^\s)]+))?"
)

_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)


def arrival_in(fields: Fields, hosts: Collection[str]) -> Arrival:
    """Who handed a mail over to one of ``hosts`` (lower case); nothing where that is not known."""
    if not hosts:
        return Arrival()
    for value in fields.every_raw("received")[:MAX_PASSED]:
        words = " ".join(value[:MAX_RECEIVED_CHARS].split())
        if _receiver(words) not in hosts:
            return Arrival()
        found = _POSTFIX.match(words) or _EXIM.match(words)
        if found and (client := client_address(found["ip"])):
            helo = client_name(found["helo"] or found["name"])
            return Arrival(client=client, helo=helo, sender=envelope_sender(fields))
    return Arrival()


def envelope_sender(fields: Fields) -> str:
    """The address of the topmost Return-Path, where that stands above all Received fields, as the
    last server writes it; "" for none, and for the null one."""
    values = fields.every_raw(RETURN_PATH)
    for name, _ in fields.items:
        if name == RETURN_PATH:
            return values[0].strip().strip("<>")
        if name == "received":
            break
    return ""


def _receiver(words: str) -> str:
    """Which server wrote a Received field, by its own account; lower case."""
    found = _BY.search(outside_comments(words))
    return found[1].lower().strip("[].") if found else ""
