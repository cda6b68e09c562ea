"""What servers on the way wrote of a mail: whom it was for, and what it was called before."""

import re

from postroom.mime.addresses import parse_people
from postroom.mime.fields import Fields

DELIVERED_FOR = frozenset(
    {"delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to"}
)
"""RFC 9228, and what servers wrote before it."""

TRACE = DELIVERED_FOR | {"received", "return-path"}
"""What every server writes on top of what it hands on (RFC 5321 §4.4)."""

MAX_ADDRESSES = 20

_ORIGINAL_ID = re.compile(r"x-(?:[a-z0-9]{1,30}-){0,3}original-message-id")
"""X-Google-Original-Message-ID, X-Microsoft-Original-Message-ID, and their like."""


def delivered_to(fields: Fields) -> tuple[str, ...]:
    """The addresses, lower case, that the last server says a mail was delivered for, topmost first.

    Only what stands above the topmost Received field: a server writes on top of what it was given
    (RFC 5321 §4.4), so that anything below may be the sender's own.
    """
    found: list[str] = []
    for name, _ in fields.items:
        if name == "received":
            break
        if name in DELIVERED_FOR:
            found.append(name)
    values = {name: fields.every_raw(name) for name in set(found)}
    people, _ = parse_people([values[name].pop(0) for name in found][:MAX_ADDRESSES])
    return tuple(dict.fromkeys(person.address.lower() for person in people))


def was_handed_on(fields: Fields) -> bool:
    """Whether any server has handed it on: else it was filed as its writer had it."""
    return any(name in TRACE for name, _ in fields.items)


def original_ids(fields: Fields) -> tuple[str, ...]:
    """The fields in which a provider kept the Message-ID that it replaced, as they stand."""
    names = dict.fromkeys(name for name, _ in fields.items if _ORIGINAL_ID.fullmatch(name))
    return tuple(" ".join(fields.raw(name).split()) for name in names)
