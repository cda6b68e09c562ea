"""Who handed a mail to whom, by one Received field, as servers of several makes write it.

    from HELO (name [203.0.113.9]) by mx.example.com …            Postfix, Sendmail, OpenSMTPD
    from name ([203.0.113.9]:4711 helo=HELO) by mx.example.com …  Exim
    from HELO ([203.0.113.9]) by mx.example.com …                 the built-in server, Sendmail
    from [203.0.113.9] (helo=HELO) by mx.example.com …            Exim, of whom has no name
    from name (HELO helo) (203.0.113.9) by mx.example.com …       qmail
    from HELO (203.0.113.9) by mx.example.com …                   Exchange, qmail

What a client calls itself is its own choice, but one word. So each form is read from the first
letter on, and nothing is looked for within that word: ``EHLO by`` names no server.
"""

import re
from dataclasses import dataclass

from postroom.mime.header.comments import outside_comments
from postroom.model.arrivals import client_address, is_address

MAX_CHARS = 5_000
"""Of one field that are looked at: a name of HELO may have 2,000."""

_IP = r"(?P<ip>[0-9A-Za-z:.]{2,60})"

_FORMS = (
    re.compile(rf"from (?P<helo>\S++) \((?!\[)\S++ \[{_IP}\]"),
    re.compile(rf"from (?P<name>\S++) \(\[{_IP}\](?::\d+)?(?: helo=(?P<helo>[^\s)]+))?"),
    re.compile(rf"from \[{_IP}\](?::\d+)? \((?:port=\d+ ?)?(?:helo=(?P<helo>[^\s)]+))?(?=[ )])"),
    re.compile(rf"from \S++ \(HELO (?P<helo>[^\s()]+)\) \((?:[^\s()@]+@)?{_IP}(?=\))"),
    re.compile(rf"from (?P<name>\S++) \((?:[^\s()@]+@)?{_IP}(?=\))"),
)
"""Each ends within a comment."""

_BY = re.compile(r" ?by ([^\s;()]{1,255})", re.IGNORECASE)
_ELSEWHERE_BY = re.compile(r" ?from \S++ (?:.*? )?by ([^\s;()]{1,255})", re.IGNORECASE)
"""Forms that are not known, such as ``from mail pickup service by …``."""

_LMTP = re.compile(r"from \S++ by \S++ with (?:UTF8)?LMTPS?A?\b", re.IGNORECASE)
_NOTE = re.compile(r"\(qmail \d{1,10} invoked [^()]{1,100}\);")


@dataclass(frozen=True, slots=True)
class Handover:
    """What one field says; each "" where it does not."""

    receiver: str = ""
    """Which server wrote it, by its own account; lower case."""
    client: str = ""
    """The address that handed it over, as `client_address` gives it."""
    helo: str = ""
    """What that called itself, as it stands."""
    within: bool = False
    """Whether it says that no stranger handed it over: an address of one's own network, LMTP (RFC
    2033 §5), or nobody at all, as where a mail was written on that machine."""


def handover(received: str) -> Handover:
    """What a Received field says."""
    words = _one_spaced(received[:MAX_CHARS])
    for form in _FORMS:
        if found := form.match(words):
            said = found.groupdict()
            by = _BY.match(_one_spaced(outside_comments("(" + words[found.end() :])))
            return Handover(
                _name(by),
                client_address(said["ip"]),
                said.get("helo") or said.get("name") or "",
                within=is_address(said["ip"]) and not client_address(said["ip"]),
            )
    outside = _one_spaced(outside_comments(words))
    if by := _BY.match(outside):
        return Handover(_name(by), within=True)
    return Handover(_name(_ELSEWHERE_BY.match(outside)), within=_LMTP.match(words) is not None)


def is_note(received: str) -> bool:
    """Whether it is a note of qmail's programs, which they write above what its server wrote."""
    return _NOTE.match(_one_spaced(received[:MAX_CHARS])) is not None


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _name(found: "re.Match[str] | None") -> str:
    return found[1].lower().strip("[].") if found else ""
