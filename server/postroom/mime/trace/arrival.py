"""Who handed a mail over, read from the topmost Received field of a server of one's own.

    Received: from mx.example.com by mx.example.com with LMTP      within the walls: passed by
    Received: from localhost ([127.0.0.1]) by mx.example.com …     a filter beside it: passed by
    Received: from out.bank.example (… [203.0.113.9]) by mx.example.com …     this one
    Received: … by mx.example.com …                                a stranger may have written it

Only servers that the operator names are passed by, as each writes on top of what it was given (RFC
5321 §4.4): whatever another name stands in, and all below it, says nothing. Nor does what is below
a field of one's own that names somebody whom we cannot read: that is the stranger's.
"""

from collections.abc import Collection

from postroom.mime.header.fields import Fields
from postroom.mime.trace.final_delivery import RETURN_PATH
from postroom.mime.trace.handover import handover, is_note
from postroom.model.arrivals import Arrival, client_name

MAX_PASSED = 10
"""Fields of one's own servers that are passed by."""


def arrival_in(fields: Fields, hosts: Collection[str]) -> Arrival:
    """Who handed a mail over to one of ``hosts`` (lower case); nothing where that is not known."""
    if not hosts:
        return Arrival()
    for value in fields.every_raw("received")[:MAX_PASSED]:
        if is_note(value):
            continue
        said = handover(value)
        if said.receiver not in hosts:
            return Arrival()
        if said.client:
            helo = client_name(said.helo)
            return Arrival(client=said.client, helo=helo, sender=envelope_sender(fields))
        if not said.within:
            return Arrival()
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


def is_from_nobody(fields: Fields) -> bool:
    """Whether the last server says that the envelope had no sender (RFC 5321 §4.5.5), above all
    Received fields; one below came with the mail."""
    top = next((name for name, _ in fields.items if name in (RETURN_PATH, "received")), "")
    return top == RETURN_PATH and fields.every_raw(RETURN_PATH)[0].strip() == "<>"
