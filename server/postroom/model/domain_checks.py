"""What a check of a domain of one's own found: in the DNS, and behind it."""

from collections.abc import Iterable
from enum import StrEnum

from postroom.model.domains import RecordState
from postroom.model.messages import Frozen

BAD = frozenset({RecordState.WRONG, RecordState.MISSING})
"""Somebody has to do something."""

OPEN = frozenset({RecordState.PROPAGATING, RecordState.UNKNOWN})
"""Time may mend it, or another try."""


class Subject(StrEnum):
    """What a finding is about, in the order in which a person is told."""

    ZONE = "zone"
    """The servers that answer for the domain."""
    MX = "mx"
    ADDRESS = "address"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MTA_STS = "mta_sts"
    TLS_RPT = "tls_rpt"
    SERVICE = "service"
    """Where people's mail programs read and send."""
    SENDING = "sending"
    """The machines that mail goes out from."""


class Finding(Frozen):
    """How it stands with one thing."""

    subject: Subject
    what: str
    """The thing by its name: ``_dmarc.example.com TXT``, ``mx.example.com port 25``. One subject
    has each name once."""
    state: RecordState
    there: tuple[str, ...] = ()
    """What there is, as somebody wrote it; shortened where it is long."""
    wanted: tuple[str, ...] = ()
    """What should be."""
    says: str = ""
    """One sentence: what follows from it, or what was seen."""
    next_step: str = ""
    until: float | None = None
    """When what is still seen of an earlier state is over at the latest."""


class AskedServer(Frozen):
    """A name server that was asked."""

    name: str
    resolver: bool
    """It answers for others; else it is one of the zone's own."""
    answered: bool


class DomainFindings(Frozen):
    """What one check found."""

    domain: str
    at: float
    """When it began."""
    findings: tuple[Finding, ...]
    asked: tuple[AskedServer, ...] = ()
    complete: bool = True
    """Whether all was looked at: not where it took too long."""

    @property
    def state(self) -> RecordState:
        """The worst of them."""
        return worst(each.state for each in self.findings)


_WORST_FIRST = (
    RecordState.WRONG,
    RecordState.MISSING,
    RecordState.UNKNOWN,
    RecordState.PROPAGATING,
)


def worst(states: Iterable[RecordState]) -> RecordState:
    """Of several states the one that matters most; right where there is nothing to find fault
    with."""
    found = set(states)
    return next((each for each in _WORST_FIRST if each in found), RecordState.RIGHT)
