"""From what a domain needs and what is there to what is to be changed. No I/O.

Only sets of names and types that a domain needs are ever changed, and in them only what is ours:

    TXT      the string of our kind (``v=spf1``, ``v=DMARC1`` …)
    TXT that permits reports  where there is none: theirs may name another address (RFC 7489 §7.1)
    TXT of a key's name  where there is none: another one is another room's, or another key's
    MX       where there is none; what is there is replaced only where that was asked for
    A, AAAA  ours are added, none is taken away
    SRV      where there is none, or one that says "not offered"
    retired keys' TXT  where it is the record that we made; a key that signed is retired only once
             nothing that it signed is good any more

What stands in the way is left as it is, and told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postroom.dns.records.found import Found, Question, begins_with
from postroom.dns.records.spf import VERSION
from postroom.dns.records.tags import DMARC, STS, TLS_RPT, tags
from postroom.dns.records.wanted import NOT_OFFERED, is_permit
from postroom.model.domains import (
    DkimKey,
    KeyState,
    Purpose,
    RecordState,
    RecordType,
    WantedRecord,
)

_VERSIONS = {
    Purpose.SPF: VERSION,
    Purpose.DMARC: DMARC,
    Purpose.MTA_STS: STS,
    Purpose.TLS_RPT: TLS_RPT,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one set. Values are as ``WantedRecord`` has them."""

    name: str
    type: RecordType
    remove: tuple[str, ...]
    add: tuple[str, ...]
    ttl: int
    """Of what is added where nothing of others is there; else theirs holds (RFC 2181 §5.2)."""
    purpose: Purpose

    @property
    def at(self) -> Question:
        return self.name, self.type


@dataclass(frozen=True, slots=True)
class Left:
    """A record that is needed, and what stands in its way."""

    name: str
    type: RecordType
    purpose: Purpose
    why: str
    then: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be changed, and what is left as it is."""

    changes: tuple[Change, ...]
    left: tuple[Left, ...]


def plan(
    records: Sequence[WantedRecord],
    keys: Sequence[DkimKey],
    found: Found,
    replace_mx: bool = False,
) -> Plan:
    """What makes the DNS say ``records``. Of ``keys`` those that are retired are taken out."""
    each = [one for record in records for one in _of(record, found, replace_mx)]
    retired = list(_retired(keys, found))
    return Plan(
        tuple([one for one in each if isinstance(one, Change)] + retired),
        tuple(one for one in each if isinstance(one, Left)),
    )


def stands(record: WantedRecord, found: Found) -> RecordState:
    """How what is there stands to a record."""
    there = mine(record, found)
    if found.get((record.name, RecordType.CNAME)):
        return RecordState.WRONG
    if not there:
        return RecordState.MISSING
    return RecordState.RIGHT if _says(record, there) else RecordState.WRONG


def mine(record: WantedRecord, found: Found) -> tuple[str, ...]:
    """What is there in place of a record: of TXT what is of its kind."""
    there = found.get((record.name, record.type), ())
    version = _VERSIONS.get(record.purpose)
    if record.type is not RecordType.TXT or version is None:
        return there
    return tuple(each for each in there if begins_with(each, version))


def _of(record: WantedRecord, found: Found, replace_mx: bool) -> Iterator[Change | Left]:
    there = mine(record, found)
    if obstacle := _obstacle(record, there, found, replace_mx):
        yield Left(record.name, record.type, record.purpose, *obstacle)
    elif not _says(record, there):
        adds_only = record.type in (RecordType.A, RecordType.AAAA)
        remove = () if adds_only else tuple(each for each in there if each not in record.values)
        add = tuple(each for each in record.values if each not in there)
        yield Change(record.name, record.type, remove, add, record.ttl, record.purpose)


def _obstacle(
    record: WantedRecord, there: tuple[str, ...], found: Found, replace_mx: bool
) -> tuple[str, str] | None:
    if found.get((record.name, RecordType.CNAME)):
        return "another name stands in for it (CNAME)", "Take the CNAME out, or say it there."
    if not there or _says(record, there):
        return None
    if record.purpose in _VERSIONS and record.type is RecordType.TXT and len(there) > 1:
        return (
            f"there are {len(there)} records of which one may be: receivers use none of them",
            "Keep one of them, with what the others say in it.",
        )
    if record.purpose is Purpose.DKIM and not all(_same_tags(e, record.values[0]) for e in there):
        return "another key is there", "Take that record out, if no other post room signs by it."
    if record.type is RecordType.MX and not replace_mx:
        return "mail goes to other hosts by now", "Pass --replace-mx to put these in their place."
    if record.type is RecordType.SRV and there != (NOT_OFFERED,):
        return "another server is named", "Take that record out first."
    return None


def _retired(keys: Sequence[DkimKey], found: Found) -> Iterator[Change]:
    for key in keys:
        if key.state is KeyState.RETIRED:
            there = found.get((key.name, RecordType.TXT), ())
            ours = tuple(each for each in there if _same_tags(each, key.record))
            if ours:
                yield Change(key.name, RecordType.TXT, ours, (), 0, Purpose.DKIM)


def _says(record: WantedRecord, there: Sequence[str]) -> bool:
    """Whether what is there means what a record says, however it is written."""
    if record.type in (RecordType.A, RecordType.AAAA):
        return set(record.values) <= set(there)
    if record.type is not RecordType.TXT:
        return set(record.values) == set(there)
    if is_permit(record.name):
        return bool(there)
    if len(there) != 1:
        return False
    if record.purpose is Purpose.SPF:
        return there[0].split() == record.values[0].split()
    return _same_tags(there[0], record.values[0])


def _same_tags(one: str, other: str) -> bool:
    first, second = (
        {k: "".join(v.split()) for k, v in tags(each).items()} for each in (one, other)
    )
    return first == second
