"""Envelope senders that name the send they belong to (VERP): written, and known again.

    ada+b-0k2m9r4t7w1x3z5q@agents.example.com
        │   └ a tag, drawn at random for the send
        └ what stands between a mailbox and a detail (RFC 5233)

A report that comes back to such an address tells of that very send, whatever it returns or leaves
out. The domain stays the mailbox's own, so that SPF stays aligned (RFC 7489 §3.1.2).
"""

import re
from collections.abc import Iterable

MAX_LOCAL_OCTETS, MAX_OCTETS = 64, 254
"""Of a local part and of an address (RFC 5321 §4.5.3.1)."""

_MARK = "b-"
_TAGGED = re.compile(r"(.+)[-+_=.#]b-([0-9a-hjkmnp-tv-z]{16})", re.DOTALL)


def marked(address: str, separator: str, tag: str) -> str:
    """``address`` with ``tag`` as its detail; itself where that would be too long for one."""
    local, _, domain = address.rpartition("@")
    with_tag = f"{local}{separator}{_MARK}{tag}"
    whole = f"{with_tag}@{domain}"
    too_long = len(with_tag.encode()) > MAX_LOCAL_OCTETS or len(whole.encode()) > MAX_OCTETS
    return address if too_long or local.startswith('"') else whole


def parted(address: str) -> tuple[str, str]:
    """An address without its tag, and the tag, lower case; "" where it bears none."""
    local, _, domain = address.lower().rpartition("@")
    found = _TAGGED.fullmatch(local)
    return (f"{found[1]}@{domain}", found[2]) if found else (address.lower(), "")


def tags_in(addresses: Iterable[str]) -> tuple[str, ...]:
    """The tags that addresses bear, each once, in their order."""
    return tuple(dict.fromkeys(tag for each in addresses if (tag := parted(each)[1])))
