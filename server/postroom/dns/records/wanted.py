"""The records that a domain needs, from what its operator said, from its keys, and from what the
DNS says already. No I/O.

    MX            the hosts of ``mx``; where none is named, whose they are is not ours to say
    A, AAAA       of an MX host within the domain, and of ``mta-sts.``, where they have none
    SPF           ours put into what is there (`records_spf`)
    DKIM          of each key whose record is still looked for
    DMARC, TLS-RPT  ours put into what is there (`records_tags`)
    MTA-STS       where it is wanted (`records_sts`)
    SRV           of people's mail programs (RFC 6186, RFC 8314 §5.1); "." for what is not offered

A domain whose mail a provider takes in (``provider``) keeps the MX and SRV records that it has.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.accounts.presets import Preset
from postroom.dns.records import sts
from postroom.dns.records.found import NOTHING, Found, Question, texts
from postroom.dns.records.spf import VERSION, merged
from postroom.dns.records.tags import DMARC, STAGES, TLS_RPT, dmarc, stage_of, tls_rpt
from postroom.mime.senders.domains import aligned, is_within
from postroom.model.domains import (
    DkimKey,
    DmarcPolicy,
    KeyState,
    Purpose,
    RecordType,
    WantedRecord,
)

NOT_OFFERED = "0 0 0 ."
"""An SRV record that says so (RFC 2782)."""

_PERMIT = "._report._dmarc."

_SERVICES = {
    "_imaps": ("imap", 993, True),
    "_imap": ("imap", 143, False),
    "_submissions": ("submission", 465, True),
    "_submission": ("submission", 587, False),
    "_pop3s": ("", 995, True),
    "_pop3": ("", 110, False),
}
"""By the label: the key of ``OwnDomain``, the usual port, whether TLS comes first."""


def wanted(
    domain: str,
    own: OwnDomain,
    keys: Sequence[DkimKey],
    found: Found = NOTHING,
    provider: Preset | None = None,
) -> tuple[WantedRecord, ...]:
    """All records that ``domain`` needs and that are ours to say. ``found`` is what is there now:
    what others put into a record stays in it."""
    return tuple(_Domain(domain, own, tuple(keys), found, provider).all())


def questions(domain: str, own: OwnDomain, keys: Sequence[DkimKey]) -> tuple[Question, ...]:
    """All that must be looked up before ``wanted`` knows what is there."""
    hosts = _hosts(domain, own)
    both = (RecordType.A, RecordType.AAAA)
    report = _report_name(domain, own)
    asked = [
        (domain, RecordType.MX),
        *((name, kind) for name in hosts for kind in both),
        (domain, RecordType.TXT),
        *((key.name, RecordType.TXT) for key in keys),
        *((name, RecordType.TXT) for name in (f"_dmarc.{domain}", report) if name),
        *((f"{label}.{domain}", RecordType.TXT) for label in ("_mta-sts", "_smtp._tls")),
        *((f"{label}._tcp.{domain}", RecordType.SRV) for label in _SERVICES),
    ]
    return tuple(dict.fromkeys(asked))


def key_record(key: DkimKey, ttl: int) -> WantedRecord:
    """The record of a key."""
    return WantedRecord(
        name=key.name, type=RecordType.TXT, values=(key.record,), ttl=ttl, purpose=Purpose.DKIM
    )


def senders(own: OwnDomain, provider: Preset | None = None) -> tuple[str, ...]:
    """The mechanisms of SPF for all who send; none where nobody said from where mail goes out."""
    addresses = tuple(f"ip{ipaddress.ip_address(each).version}:{each}" for each in own.addresses)
    include = (f"include:{provider.spf}",) if provider is not None and provider.spf else ()
    said = (*addresses, *own.spf, *include)
    # Who takes mail in mostly sends it too. That costs a look-up, and addresses do not.
    return said if said or not own.mx else ("mx",)


def stage(own: OwnDomain, there: str) -> DmarcPolicy:
    """What DMARC is to ask for: what the operator says; who says nothing weakens nothing."""
    said = stage_of(there)
    if said is None or "dmarc" in own.model_fields_set:
        return own.dmarc
    return max(own.dmarc, said, key=STAGES.index)


@dataclass(frozen=True)
class _Domain:
    name: str
    own: OwnDomain
    keys: tuple[DkimKey, ...]
    found: Found
    provider: Preset | None

    def all(self) -> Iterator[WantedRecord]:
        yield from self._exchangers()
        yield from self._spf()
        yield from self._dkim()
        yield from self._dmarc()
        yield from self._mta_sts()
        yield from self._tls_rpt()
        yield from self._services()

    def _exchangers(self) -> Iterator[WantedRecord]:
        hosts = self.own.mx
        values = tuple(f"{10 * (1 + place)} {host}." for place, host in enumerate(hosts))
        if values:
            yield self._record(self.name, RecordType.MX, values, Purpose.MX)
        for host in _hosts(self.name, self.own):
            if not host.startswith("mta-sts."):
                yield from self._addresses(host, Purpose.ADDRESS)

    def _addresses(self, host: str, purpose: Purpose) -> Iterator[WantedRecord]:
        """Where ``host`` is, unless it is somewhere else by now."""
        there = {
            each
            for kind in (RecordType.A, RecordType.AAAA, RecordType.CNAME)
            for each in self.found.get((host, kind), ())
        }
        if there and not there & set(self.own.addresses):
            return
        for kind, version in ((RecordType.A, 4), (RecordType.AAAA, 6)):
            addresses = (ipaddress.ip_address(each) for each in self.own.addresses)
            values = tuple(str(each) for each in addresses if each.version == version)
            if values:
                yield self._record(host, kind, values, purpose)

    def _spf(self) -> Iterator[WantedRecord]:
        there = texts(self.found, self.name, VERSION)
        ours = senders(self.own, self.provider)
        if ours:
            yield self._text(self.name, merged(there, ours), Purpose.SPF)

    def _dkim(self) -> Iterator[WantedRecord]:
        for key in self.keys:
            if key.state is not KeyState.RETIRED:
                yield key_record(key, self.own.ttl)

    def _dmarc(self) -> Iterator[WantedRecord]:
        name = f"_dmarc.{self.name}"
        there = next(iter(texts(self.found, name, DMARC)), "")
        reports = self.own.reports_at(self.name)
        yield self._text(name, dmarc(there, stage(self.own, there), reports), Purpose.DMARC)
        if outside := _report_name(self.name, self.own):
            permits = texts(self.found, outside, DMARC) or (DMARC,)
            yield self._record(outside, RecordType.TXT, permits, Purpose.DMARC)

    def _mta_sts(self) -> Iterator[WantedRecord]:
        if sts.policy(self.own):
            yield self._text(f"_mta-sts.{self.name}", sts.record(self.own), Purpose.MTA_STS)
            yield from self._addresses(sts.host(self.name), Purpose.MTA_STS)

    def _tls_rpt(self) -> Iterator[WantedRecord]:
        name = f"_smtp._tls.{self.name}"
        there = next(iter(texts(self.found, name, TLS_RPT)), "")
        yield self._text(name, tls_rpt(there, self.own.reports_at(self.name)), Purpose.TLS_RPT)

    def _services(self) -> Iterator[WantedRecord]:
        for label, (key, usual, first) in _SERVICES.items():
            name = f"{label}._tcp.{self.name}"
            said = getattr(self.own, key) if key else None
            value = _service(said, usual, first)
            there = self.found.get((name, RecordType.SRV), ())
            ours = value != NOT_OFFERED or (there in ((), (NOT_OFFERED,)) and not self.provider)
            if ours:
                yield self._record(name, RecordType.SRV, (value,), Purpose.SERVICE)

    def _text(self, name: str, text: str, purpose: Purpose) -> WantedRecord:
        return self._record(name, RecordType.TXT, (text,), purpose)

    def _record(
        self, name: str, kind: RecordType, values: tuple[str, ...], purpose: Purpose
    ) -> WantedRecord:
        return WantedRecord(name=name, type=kind, values=values, ttl=self.own.ttl, purpose=purpose)


def _hosts(domain: str, own: OwnDomain) -> tuple[str, ...]:
    """Names within the domain that need an address. Of several MX hosts nobody said which is
    where."""
    within = [host for host in own.mx if is_within(host, domain)]
    policy = [sts.host(domain)] if own.mta_sts is not MtaSts.OFF else []
    return (*(within if len(within) == 1 else ()), *policy)


def _report_name(domain: str, own: OwnDomain) -> str:
    """Where the domain of the reports' address says that it takes them (RFC 7489 §7.1); "" where
    it is the same organisation's."""
    other = own.reports_at(domain).rpartition("@")[2]
    return "" if aligned(other, domain) else f"{domain}{_PERMIT}{other}"


def is_permit(name: str) -> bool:
    """Whether a name is where a domain says that it takes the reports of another."""
    return _PERMIT in name


def _service(said: str | None, usual: int, tls_first: bool) -> str:
    """One SRV record: a server that is named without a port speaks TLS from the first byte (RFC
    8314 §3); one with the port of STARTTLS does not."""
    if said is None:
        return NOT_OFFERED
    host, _, port = said.partition(":")
    starts = port in ("143", "587")
    if starts == tls_first:
        return NOT_OFFERED
    return f"0 1 {port or usual} {host}."
