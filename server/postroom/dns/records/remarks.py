"""What has to be said about a domain beside its records: what nobody said yet, what others
put there and what comes of it, and when DMARC may become stricter. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.accounts.presets import Preset
from postroom.dns.records import sts
from postroom.dns.records.found import Found, texts
from postroom.dns.records.spf import VERSION, terms, unheeded
from postroom.dns.records.tags import DMARC, STAGES, stage_of
from postroom.dns.records.wanted import senders, stage
from postroom.model.domains import DmarcPolicy, RecordType

MAX_LOOKUPS = 10
"""Of one check of SPF (RFC 7208 §4.6.4); beyond them a receiver calls the record broken."""

MAX_VOID = 2
"""Of them that find nothing (the same section)."""

BEFORE = {
    DmarcPolicy.NONE: "For two weeks reports have come, and all who send in your name pass:"
    " `postroom domains reports` says so.",
    DmarcPolicy.QUARANTINE: "For two weeks more nothing of yours was put aside as spam.",
}
"""What has to be seen before the next stage, by the stage that holds."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know, and what to do about it."""

    says: str
    then: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a term of an SPF record costs a receiver, look-ups of all that it includes counted."""

    term: str
    lookups: int
    fault: str = ""
    """Why a receiver cannot follow it; "" where it can."""
    void: int = 0
    """How many of these find nothing."""


def remarks(
    domain: str,
    own: OwnDomain,
    found: Found,
    provider: Preset | None = None,
    costs: tuple[Cost, ...] = (),
) -> tuple[Remark, ...]:
    """All that has to be said. ``costs`` are those of the SPF record that is wanted."""
    return (
        *_exchangers(domain, own, found, provider),
        *_spf(domain, own, found, provider),
        *_lookups(costs),
        *_dmarc(domain, own, found),
        *_mta_sts(domain, own, found),
    )


def next_stage(own: OwnDomain, there: str) -> DmarcPolicy | None:
    """The stage after the one that holds; None where there is none."""
    place = STAGES.index(stage(own, there)) + 1
    return STAGES[place] if place < len(STAGES) else None


def _exchangers(
    domain: str, own: OwnDomain, found: Found, provider: Preset | None
) -> Iterator[Remark]:
    there = found.get((domain, RecordType.MX), ())
    if own.mx or there:
        return
    if provider is not None:
        yield Remark(
            f"No MX record says that {provider.title} takes mail in.",
            "Its own pages say which records those are; put them into the zone.",
        )
    else:
        yield Remark(
            "Nobody said which host takes mail in.",
            f"postroom domains add {domain} --mx mail.{domain}",
        )


def _spf(domain: str, own: OwnDomain, found: Found, provider: Preset | None) -> Iterator[Remark]:
    there = texts(found, domain, VERSION)
    if not senders(own, provider) and not there:
        yield Remark(
            "Nobody said from where mail goes out, so there is no SPF record.",
            f"postroom domains add {domain} --address 203.0.113.5, or --spf include:…",
        )
    if len(there) > 1:
        yield Remark(
            f"There are {len(there)} SPF records: with more than one SPF fails for every mail.",
            "Put the one that is shown in their place.",
        )
    for record in there:
        yield from _of_record(record)


def _of_record(record: str) -> Iterator[Remark]:
    try:
        last = next((term for term in terms(record) if term.name == "all"), None)
    except ValueError as error:
        yield Remark(
            f"No receiver understands {str(error)!r} in the SPF record, and so none of it.",
            "Mend that word, or take it out.",
        )
        return
    if last is not None and (behind := unheeded(record)):
        yield Remark(
            f"What stands behind {last.text} in the SPF record was never looked at by any receiver:"
            f" {' '.join(behind)}. It is left out wherever the record is written anew.",
            f"Put in front of {last.text} by hand what should send in this name.",
        )
    if last is not None and last.sign in "+?":
        yield Remark(
            f"The SPF record ends in {last.text}: anybody may send in this name.",
            "Put ~all in its place, and -all once nobody was forgotten.",
        )


def _lookups(costs: tuple[Cost, ...]) -> Iterator[Remark]:
    for cost in costs:
        if cost.fault:
            yield Remark(f"{cost.term} of the SPF record {cost.fault}.", "Take it out, or mend it.")
    total = sum(cost.lookups for cost in costs)
    if total > MAX_LOOKUPS:
        dear = sorted((each for each in costs if each.lookups), key=lambda each: -each.lookups)
        named = ", ".join(f"{each.term} ({each.lookups})" for each in dear)
        yield Remark(
            f"The SPF record costs {total} look-ups, and receivers make {MAX_LOOKUPS}: SPF fails.",
            f"Take out at least {total - MAX_LOOKUPS} look-ups: {named}. Addresses (ip4, ip6) cost"
            " none.",
        )
    if sum(cost.void for cost in costs) > MAX_VOID:
        named = ", ".join(each.term for each in costs if each.void)
        yield Remark(
            f"More than {MAX_VOID} look-ups of the SPF record find nothing: receivers take it for"
            " broken.",
            f"Take out what is no more: {named}.",
        )


def _dmarc(domain: str, own: OwnDomain, found: Found) -> Iterator[Remark]:
    there = texts(found, f"_dmarc.{domain}", DMARC)
    if len(there) > 1:
        yield Remark(
            f"There are {len(there)} DMARC records: receivers then heed none.",
            "Put the one that is shown in their place.",
        )
    said = stage_of(there[0]) if there else None
    if said is not None and STAGES.index(stage(own, there[0])) < STAGES.index(said):
        yield Remark(
            f"The DMARC record asks for {said}, and postroom.toml for {own.dmarc}, which is less.",
            f"postroom domains dmarc {domain} {said} keeps it.",
        )


def _mta_sts(domain: str, own: OwnDomain, found: Found) -> Iterator[Remark]:
    if own.mta_sts is MtaSts.OFF:
        return
    host = sts.host(domain)
    kinds = (RecordType.A, RecordType.AAAA, RecordType.CNAME)
    if not own.mx:
        yield Remark(
            "MTA-STS names the hosts that take mail in, and nobody said which those are.",
            f"postroom domains add {domain} --mx …",
        )
    elif not own.addresses and not any(found.get((host, kind)) for kind in kinds):
        yield Remark(
            f"{host} has no address, and MTA-STS is read there by https.",
            f"Point {host} at `postroom serve`, or at a web server that has the policy:"
            f" postroom domains policy {domain}",
        )
