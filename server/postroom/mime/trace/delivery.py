"""What servers on the way wrote of a mail: whom it was for, and what it was called before."""

import re

from postroom.mime.header.addresses import parse_people
from postroom.mime.header.comments import outside_comments
from postroom.mime.header.fields import Fields

DELIVERED_FOR = frozenset(
    {"delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to"}
)
"""RFC 9228, and what servers wrote before it."""

TRACE = DELIVERED_FOR | {"received", "return-path"}
"""What every server writes on top of what it hands on (RFC 5321 §4.4)."""

MAX_ADDRESSES = 20

MAX_RECEIVED = 2_000
"""Octets of a Received field that are looked at."""

_BY_LMTP = re.compile(r"(?:from \S+ )?by \S+ with (?:UTF8)?LMTPS?A?\b", re.IGNORECASE)

_ORIGINAL_ID = re.compile(r"x-(?:[a-z0-9]{1,30}-){0,3}original-message-id")
"""X-Google-Original-Message-ID, X-Microsoft-Original-Message-ID, and their like."""


def delivered_to(fields: Fields) -> tuple[str, ...]:
    """The addresses, lower case, that the last server says a mail was delivered for, topmost first.

    Only what stands above the topmost Received field: a server writes on top of what it was given
    (RFC 5321 §4.4), so that anything below may be the sender's own. Where that field says that mail
    was handed over by LMTP, also what stands above the next one: LMTP is spoken within one host's
    walls (RFC 2033 §5), and a Postfix writes X-Original-To before it hands on to Dovecot.
    """
    found: list[str] = []
    handed_on = False
    for name, value in fields.items:
        if name == "received":
            if handed_on or not _within_the_walls(value):
                break
            handed_on = True
        if name in DELIVERED_FOR:
            found.append(name)
    values = {name: fields.every_raw(name) for name in set(found)}
    people, _ = parse_people([values[name].pop(0) for name in found][:MAX_ADDRESSES])
    return tuple(dict.fromkeys(person.address.lower() for person in people))


def _within_the_walls(received: bytes) -> bool:
    """Whether a Received field says that mail came by LMTP. What its client said of itself stands
    in it as well, as one word or in parentheses, and cannot say that."""
    words = outside_comments(received[:MAX_RECEIVED].decode("latin-1"))
    return _BY_LMTP.match(" ".join(words.split())) is not None


def was_handed_on(fields: Fields) -> bool:
    """Whether any server has handed it on: else it was filed as its writer had it."""
    return any(name in TRACE for name, _ in fields.items)


def original_ids(fields: Fields) -> tuple[str, ...]:
    """The fields in which a provider kept the Message-ID that it replaced, as they stand."""
    names = dict.fromkeys(name for name, _ in fields.items if _ORIGINAL_ID.fullmatch(name))
    return tuple(" ".join(fields.raw(name).split()) for name in names)
