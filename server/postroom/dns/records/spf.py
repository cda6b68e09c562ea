"""SPF (RFC 7208): a record read, and ours put into it. No I/O.

    v=spf1 ip4:203.0.113.5 include:_spf.other.example exp=why.example ~all
           └ ours, first   └ what others put there stays as it is     └ as it was

Ours come first: the first mechanism that matches decides (§4.6.2), so none that was there before
can say no to us. A mechanism behind ``all`` was never looked at (§5.1): it is dropped, for nobody
knows whom it would let in. Modifiers hold wherever they stand (§6), but ``all`` makes ``redirect``
void (§6.1): where there is a redirect, no ``all`` is added.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

VERSION = "v=spf1"

ALL = "~all"
"""Where nobody said how it ends: mail from elsewhere is doubted, not refused, so that what was
forgotten is seen in the reports of DMARC before it is lost."""

COSTLY = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""What costs a look-up (§4.6.4)."""

_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?P<value>[:/].*)?|(?P<modifier>[a-z][a-z0-9._-]*)=(?P<given>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism or a modifier (§4.6.1)."""

    text: str
    sign: str
    name: str
    """In lower case; of a modifier what stands before ``=``."""
    value: str
    """Behind ``:`` or ``=``; of ``a/24`` the slash as well."""

    @property
    def costs(self) -> bool:
        """Whether a receiver must look something up."""
        return self.name in COSTLY


def terms(record: str) -> tuple[Term, ...]:
    """The terms of a record; ValueError with the word that is none: receivers then take the whole
    record for broken (§4.6, permerror)."""
    return tuple(map(_term, record.split()[1:]))


def _term(word: str) -> Term:
    found = _TERM.fullmatch(word)
    if not found:
        raise ValueError(word)
    if found["modifier"]:
        return Term(word, "", found["modifier"].lower(), found["given"])
    value = found["value"] or ""
    return Term(word, found["sign"] or "+", found["name"].lower(), value.removeprefix(":"))


def merged(there: Sequence[str], ours: Sequence[str]) -> str:
    """One record of those that are there (there should be one at most) and of ``ours``, mechanisms
    that say yes. What cannot be read stays as it is, what nobody ever looked at goes."""
    words = [word for record in there for word in _heeded(record)]
    kept = list(dict.fromkeys(word for word in words if not _ends(word)))
    new = [word for word in ours if not any(_covers(each, word) for each in kept)]
    if len(there) == 1 and not new and any(map(_ends, words)):
        return there[0]
    redirects = any(word.lower().startswith("redirect=") for word in kept)
    ends = next((word for word in words if _ends(word)), "" if redirects else ALL)
    return " ".join([VERSION, *dict.fromkeys(new), *kept, *([ends] if ends else [])])


def unheeded(record: str) -> tuple[str, ...]:
    """The mechanisms of a record behind its first ``all``: no receiver looks at them."""
    words = record.split()[1:]
    end = next((at for at, word in enumerate(words) if _ends(word)), len(words))
    return tuple(word for word in words[end + 1 :] if _is_mechanism(word))


def _heeded(record: str) -> tuple[str, ...]:
    words = record.split()[1:]
    end = next((at for at, word in enumerate(words) if _ends(word)), len(words))
    return (*words[: end + 1], *(word for word in words[end + 1 :] if not _is_mechanism(word)))


def _is_mechanism(word: str) -> bool:
    """Whether a word can be read and is no modifier."""
    found = _TERM.fullmatch(word)
    return found is not None and not found["modifier"]


def _ends(word: str) -> bool:
    return word.lower().lstrip("+?~-") == "all"


def _covers(there: str, ours: str) -> bool:
    """Whether a word that is there says what one of ours would."""
    try:
        has, wants = _term(there), _term(ours)
    except ValueError:
        return False
    if has.sign != "+" or has.name != wants.name:
        return False
    if has.name in ("ip4", "ip6"):
        return _network(wants.value) is not None and _within(wants.value, has.value)
    return has.value.lower().rstrip(".") == wants.value.lower().rstrip(".")


def _within(part: str, whole: str) -> bool:
    one, other = _network(part), _network(whole)
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one.subnet_of(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one.subnet_of(other)
    return False


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
