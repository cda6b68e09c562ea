"""What a value of a report may be. Each bound says whom it is against."""

import ipaddress
import re

from postroom.model.domain_names import MAX_NAME, ascii_domain

MAX_TEXT_CHARS = 253
"""Of a name or an id. Whoever reports is called so on pages of an operator's."""

MAX_COUNT = 1_000_000_000
"""Mails or connections of one row. Sums of as many rows as are read fit into 64 bits."""

EARLIEST, LATEST = 946_684_800, 4_102_444_800
"""2000 and 2100, seconds since 1970: beyond them a date cannot be shown."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?=.{{1,{MAX_NAME}}}\Z)(?:{_LABEL}\.)*{_LABEL}")
_NUMBER = re.compile(r"[0-9]{1,12}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Unreadable(Exception):
    """It is no report that can be read; the one argument says why, in our own words."""

    @property
    def why(self) -> str:
        return str(self.args[0])


def text(value: str) -> str:
    """A name on one line, without what a terminal or a page would act on."""
    words = value[: 4 * MAX_TEXT_CHARS].split()
    shown = ("".join(filter(str.isprintable, word)) for word in words)
    return " ".join(filter(None, shown))[:MAX_TEXT_CHARS]


def domain(value: str) -> str:
    """A domain as the DNS writes it; "" where it is none."""
    name = ascii_domain(value[: 2 * MAX_NAME])
    return name if _DOMAIN.fullmatch(name) else ""


def word(value: str) -> str:
    """One of a specification's words, in lower case; "" for anything else."""
    bare = value.strip().lower().replace("_", "-")[:50]
    return bare if _WORD.fullmatch(bare) else ""


def number(value: str, what: str) -> int:
    """A count. Raises Unreadable where it is none, or beyond reason."""
    bare = value.strip()
    if not _NUMBER.fullmatch(bare) or int(bare) > MAX_COUNT:
        raise Unreadable(f"{what} is no number that can be.")
    return int(bare)


def second(value: str) -> float:
    """Seconds since 1970. Raises Unreadable."""
    bare = value.strip().partition(".")[0]
    if not _NUMBER.fullmatch(bare) or not EARLIEST <= int(bare) <= LATEST:
        raise Unreadable("Its period is no time that can be.")
    return float(bare)


def ip(value: str) -> str:
    """An IP address, in the one form in which it is compared; "" where it is none."""
    try:
        found = ipaddress.ip_address(value.strip()[:50].partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
