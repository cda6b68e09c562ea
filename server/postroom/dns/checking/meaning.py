"""Whether a record that is there says what it should: by its meaning, not by its letters. No I/O.

TXT    those of one kind alone (``v=spf1``, ``v=DMARC1`` …), others beside them are nobody's
       matter; SPF by its terms, the others by their tags
MX     by which hosts come first, whatever the numbers
rest   by the whole, without regard to case
"""

import contextlib
import ipaddress
import re
from collections.abc import Iterable

from postroom.model.domains import Purpose, RecordType, WantedRecord

MAX_TEXT_CHARS = 8_000
"""Of a TXT record that is read. A longer one is none that receivers read."""

_VERSIONS = {
    Purpose.SPF: re.compile(r"v=spf1(?:\s|$)", re.IGNORECASE),
    Purpose.DMARC: re.compile(r"v\s*=\s*DMARC1\s*(?:;|$)", re.IGNORECASE),
    Purpose.MTA_STS: re.compile(r"v\s*=\s*STSv1\s*(?:;|$)", re.IGNORECASE),
    Purpose.TLS_RPT: re.compile(r"v\s*=\s*TLSRPTv1\s*(?:;|$)", re.IGNORECASE),
}
"""How a TXT record of each kind begins. One of DKIM need not (RFC 6376 §3.6.1)."""

_MAILBOXES = ("rua", "ruf")


def of_kind(wanted: WantedRecord, values: Iterable[str]) -> tuple[str, ...]:
    """Those of the values at the name of ``wanted`` that are of its kind."""
    begins = _VERSIONS.get(wanted.purpose) if wanted.type is RecordType.TXT else None
    return tuple(each for each in values if begins is None or begins.match(each.strip()))


def same(wanted: WantedRecord, values: tuple[str, ...]) -> bool:
    """Whether ``values``, all of its kind that are there, say what ``wanted`` does."""
    if wanted.type is RecordType.MX:
        return _in_order(values) == _in_order(wanted.values)
    if wanted.type is not RecordType.TXT:
        return _plain(wanted, values) == _plain(wanted, wanted.values)
    return len(values) == len(wanted.values) == 1 and _text(wanted, values[0])


def _text(wanted: WantedRecord, there: str) -> bool:
    should = wanted.values[0]
    if len(there) > MAX_TEXT_CHARS:
        return False
    if wanted.purpose is Purpose.SPF:
        return terms(there) == terms(should)
    if wanted.purpose is Purpose.DKIM:
        return _same_key(tags(there), tags(should))
    if wanted.purpose in (Purpose.DMARC, Purpose.MTA_STS, Purpose.TLS_RPT):
        return _covers(tags(there), tags(should))
    return there.strip() == should.strip()


def terms(record: str) -> tuple[list[str], list[str]]:
    """What an SPF record says: its terms before ``all`` in any order, and what stands for all the
    rest (RFC 7208 §4.6)."""
    words = [_term(word) for word in record.split()[1:]]
    closing = [word for word in words if word.lstrip("+-~?") == "all" or word[:9] == "redirect="]
    ends = next((at for at, word in enumerate(words) if word.lstrip("+-~?") == "all"), len(words))
    # What stands behind `all` is never looked at (§5.1), and `redirect` not where there is `all`.
    closing = closing[:1] if ends < len(words) else closing
    return sorted({word for word in words[:ends] if word not in closing}), closing


def _term(word: str) -> str:
    sign = word[:1] if word[:1] in ("+", "-", "~", "?") else ""
    name, colon, value = word[len(sign) :].partition(":")
    name, value = name.lower(), value.lower()
    if name in ("ip4", "ip6"):
        with contextlib.suppress(ValueError):
            value = str(ipaddress.ip_network(value, strict=False))
    return f"{'' if sign == '+' else sign}{name}{colon}{value.rstrip('.')}"


def tags(record: str) -> dict[str, str]:
    """A tag list (RFC 6376 §3.2), white space taken out; of a tag that comes twice the first."""
    found: dict[str, str] = {}
    for part in record[:MAX_TEXT_CHARS].split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), "".join(value.split()))
    return found


def _same_key(there: dict[str, str], should: dict[str, str]) -> bool:
    """The same key, which is not only tried out, for mail and with SHA-256 (RFC 6376 §3.6.1)."""
    return (
        there.get("p") == should.get("p")
        and there.get("k", "rsa").lower() == should.get("k", "rsa").lower()
        and there.get("v", "DKIM1") == "DKIM1"
        and "y" not in there.get("t", "").lower().split(":")
        and "sha256" in there.get("h", "sha256").lower().split(":")
        and not {"*", "email"}.isdisjoint(there.get("s", "*").lower().split(":"))
    )


def _covers(there: dict[str, str], should: dict[str, str]) -> bool:
    """Whether all that should be said is; more may be, unless it weakens that."""
    for name, value in should.items():
        if name in _MAILBOXES:
            if not _uris(value) <= _uris(there.get(name, "")):
                return False
        elif there.get(name, "").lower() != value.lower():
            return False
    return there.get("pct", "100") == should.get("pct", "100")


def _uris(value: str) -> set[str]:
    return {each.partition("!")[0].lower() for each in value.split(",") if each}


def _in_order(values: Iterable[str]) -> list[set[str]]:
    """The hosts of MX records: those that are tried first, those after them …"""
    steps: dict[int, set[str]] = {}
    for each in values:
        preference, _, host = each.partition(" ")
        number = int(preference) if preference.isdecimal() else 65536
        steps.setdefault(number, set()).add(host.strip().lower().rstrip("."))
    return [steps[number] for number in sorted(steps)]


def _plain(wanted: WantedRecord, values: Iterable[str]) -> set[str]:
    if wanted.type in (RecordType.A, RecordType.AAAA):
        return {_address(each) for each in values}
    return {" ".join(each.lower().split()).rstrip(".") for each in values}


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value.strip()))
    except ValueError:
        return value
