"""What others report about a domain: who sends in its name (RFC 7489, RFC 9990), and which TLS
failed on the way to it (RFC 8460). All of it is a stranger's word."""

from enum import StrEnum

from postroom.model.messages import Frozen


class ReportKind(StrEnum):
    """What a report is of."""

    DMARC = "dmarc"
    """Mail that claims to be from the domain, summed (RFC 7489 §7.2, RFC 9990)."""
    TLS = "tls"
    """Connections of servers that had mail for the domain (RFC 8460)."""


class Period(Frozen):
    """From when to when a report tells, seconds since 1970."""

    begins_at: float
    ends_at: float


class Metadata(Frozen):
    """Who reports, by their own words, and what they call the report."""

    org: str
    """The reporter's name; a text of at most 253 characters."""
    report_id: str
    period: Period


class AggregateRow(Frozen):
    """Mail from one address that fared alike."""

    source: str
    """An IP address in its one written form."""
    count: int
    """Mails."""
    disposition: str
    """``none``, ``quarantine``, ``reject`` or (RFC 9990) ``pass``; "" for anything else."""
    dkim_aligned: bool
    spf_aligned: bool
    """What counts for DMARC: whether one of the two passed for a domain that From is of."""
    header_from: str = ""
    """The domain in From; "" where none can be read."""
    dkim_result: str = ""
    dkim_domain: str = ""
    dkim_selector: str = ""
    """Of several signatures the first that is good, else the first."""
    spf_result: str = ""
    spf_domain: str = ""

    @property
    def passes(self) -> bool:
        """Whether DMARC passes (RFC 7489 §4.2)."""
        return self.dkim_aligned or self.spf_aligned


class DmarcReport(Frozen):
    """An aggregate report."""

    metadata: Metadata
    domain: str
    """Whose record was found: ASCII, lower case."""
    policy: str
    """``none``, ``quarantine`` or ``reject``, as the reporter found it; "" for anything else."""
    rows: tuple[AggregateRow, ...]


class TlsFailure(Frozen):
    """Connections that failed alike."""

    result: str
    """Such as ``certificate-expired`` (RFC 8460 §4.3); lower case."""
    count: int
    sending_ip: str = ""
    receiving_mx: str = ""
    receiving_ip: str = ""


class TlsPolicy(Frozen):
    """How connections fared under one policy."""

    domain: str
    type: str
    """``sts``, ``tlsa`` or ``no-policy-found``."""
    successes: int
    failures: int
    details: tuple[TlsFailure, ...] = ()


class TlsReport(Frozen):
    """A report of TLS failures."""

    metadata: Metadata
    policies: tuple[TlsPolicy, ...]
