"""Where an address's mail servers may be, in the order in which to try them. No I/O.

    SRV records     the domain says so itself (RFC 6186); TLS from the first byte before STARTTLS
                    (RFC 8314 §3), then by priority and weight
    a preset        the provider is known by the domain, or by where it takes in mail
    guesses         only where nothing else is known: a password is not shown to a name that was
                    made up while a record says where to go

RFC 2782 draws lots among records of one priority, to share load; for a list that a person looks at
the heaviest comes first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from postroom.accounts.presets import PRESETS, Endpoint, Preset, by_domain, by_exchanger, ends_in
from postroom.model.servers import Security

MAX_RECORDS = 10
"""Of one kind, best first: nobody tries more."""

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class Origin(StrEnum):
    """How a candidate came to be one."""

    SRV = "srv"
    PRESET = "preset"
    GUESS = "guess"
    NAMED = "named"
    """Somebody named it, and nobody looked."""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One SRV record (RFC 2782). A target of "" says that there is no such service."""

    priority: int
    weight: int
    port: int
    target: str


@dataclass(frozen=True, slots=True)
class Exchanger:
    """One MX record (RFC 5321 §5.1)."""

    preference: int
    host: str


@dataclass(frozen=True, slots=True)
class Records:
    """What was found of one domain."""

    imaps: tuple[ServiceRecord, ...] = ()
    imap: tuple[ServiceRecord, ...] = ()
    submissions: tuple[ServiceRecord, ...] = ()
    submission: tuple[ServiceRecord, ...] = ()
    exchangers: tuple[Exchanger, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that may be the right one."""

    host: str
    port: int
    security: Security
    origin: Origin
    outside: bool = False
    """An SRV target that is not of the address's domain: whoever can forge DNS can send a password
    anywhere, so a person confirms it first, unless it is ``known`` (RFC 6186 §6)."""
    known: str = ""
    """The name of the preset whose server this is."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """For one domain, best first."""

    imap: tuple[Candidate, ...]
    smtp: tuple[Candidate, ...]
    preset: str
    """The provider, where it is known by the domain or its exchanger; "" otherwise."""


def candidates(domain: str, found: Records) -> Candidates:
    """Where mail of ``domain`` (ASCII, lower case) may be read and submitted."""
    preset = by_domain(domain) or _by_best_exchanger(found.exchangers)
    imap = _Service("imap", 993, 143, found.imaps, found.imap, preset.imap if preset else None)
    smtp = _Service(
        "smtp",
        *(465, 587),
        *(found.submissions, found.submission),
        preset.smtp if preset else None,
    )
    return Candidates(
        imap=tuple(_once(_known(each) for each in imap.all(domain))),
        smtp=tuple(_once(_known(each) for each in smtp.all(domain))),
        preset=preset.name if preset else "",
    )


@dataclass(frozen=True, slots=True)
class _Service:
    """Reading or submitting: its usual ports, and what was found of it."""

    label: str
    tls_port: int
    starttls_port: int
    tls: tuple[ServiceRecord, ...]
    starttls: tuple[ServiceRecord, ...]
    preset: Endpoint | None

    def all(self, domain: str) -> list[Candidate]:
        said = [*self._said(domain), *self._preset()]
        return said or list(self._guesses(domain))

    def _said(self, domain: str) -> Iterator[Candidate]:
        for records, security in ((self.tls, Security.TLS), (self.starttls, Security.STARTTLS)):
            for record in _best_first(records):
                outside = not ends_in(record.target, (domain,))
                yield Candidate(record.target, record.port, security, Origin.SRV, outside)

    def _preset(self) -> Iterator[Candidate]:
        if self.preset is not None:
            at = self.preset
            yield Candidate(at.host, at.port, at.security, Origin.PRESET)

    def _guesses(self, domain: str) -> Iterator[Candidate]:
        ways = (
            (self.tls, self.tls_port, Security.TLS),
            (self.starttls, self.starttls_port, Security.STARTTLS),
        )
        for records, port, security in ways:
            if any(not record.target for record in records):
                continue  # the domain says that there is none (RFC 2782)
            for label in (self.label, "mail"):
                yield Candidate(f"{label}.{domain}", port, security, Origin.GUESS)


def _best_first(records: Iterable[ServiceRecord]) -> list[ServiceRecord]:
    usable = [
        replace(record, target=host)
        for record in records
        if _HOST.fullmatch(host := record.target.lower().rstrip(".")) and 0 < record.port < 65536
    ]
    usable.sort(key=lambda record: (record.priority, -record.weight, record.target, record.port))
    return usable[:MAX_RECORDS]


def _by_best_exchanger(exchangers: Iterable[Exchanger]) -> Preset | None:
    """The provider that takes in mail first. Those behind it may be a second provider's."""
    best = min(exchangers, key=lambda each: (each.preference, each.host), default=None)
    return by_exchanger(best.host) if best is not None else None


def _known(candidate: Candidate) -> Candidate:
    for preset in PRESETS.values():
        if candidate.host in (preset.imap.host, preset.smtp.host):
            return replace(candidate, known=preset.name)
    return candidate


def _once(all_of_them: Iterable[Candidate]) -> Iterator[Candidate]:
    seen: set[tuple[str, int]] = set()
    for candidate in all_of_them:
        if (candidate.host, candidate.port) not in seen:
            seen.add((candidate.host, candidate.port))
            yield candidate
