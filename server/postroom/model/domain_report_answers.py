"""What the desk answers about reports on a domain of one's own. Names and words of reporters are
strangers'; only what a verified sender reports is summed."""

from typing import Literal

from postroom.model.policy_answers import Told

SINCE = "30d"
"""Of when is told, where nobody says: a duration before now."""


class ReportsMailbox(Told):
    """Where reports about a domain come."""

    address: str
    state: Literal["open", "absent", "taken", "elsewhere"]
    """``open``: read here. ``absent``: not made yet. ``taken``: an agent's mailbox, which is not
    read. ``elsewhere``: no mailbox can be made there."""
    says: str


class ReporterView(Told):
    """Who reports, as one kind of sender."""

    domain: str
    """Of the From address."""
    verdict: str
    """Whether it really wrote: ``verified``, ``unverified`` or ``forged``."""
    kind: str
    """``dmarc`` or ``tls``."""
    untrusted_org: str
    """What it calls itself."""
    reports: int
    unreadable: int
    total: int
    """Mails, or connections, that it tells of."""
    last_at: str


class ReportDay(Told):
    """Mail of a day (UTC) that claims to be from the domain."""

    day: str
    passed: int
    failed: int


class ReportedSource(Told):
    """A server that sends in the domain's name."""

    address: str
    ours: bool
    """Whether the settings name it in ``addresses``."""
    messages: int
    passed: int
    """DMARC: one of the two below, for the domain in From."""
    dkim: int
    spf: int
    quarantined: int
    rejected: int
    unverified: int
    """Further mails of which only unverified senders tell."""


class FailingMail(Told):
    """Mail that failed DMARC alike, as servers tell it."""

    address: str
    messages: int
    header_from: str
    dkim: str
    """The result, and of which domain and selector."""
    spf: str


class TlsPolicyView(Told):
    """Connections under a policy."""

    policy: str
    successes: int
    failures: int


class TlsFailureView(Told):
    """Connections that failed alike."""

    result: str
    receiving_mx: str
    receiving_ip: str
    sessions: int


class UnreadableReport(Told):
    """A mail that was to be a report, and does not count."""

    message_id: str
    untrusted_from: str
    verdict: str
    kind: str
    received_at: str
    why: str


class DomainReportsView(Told):
    """What others report about a domain."""

    domain: str
    since: str
    mailbox: ReportsMailbox
    reporters: tuple[ReporterView, ...]
    days: tuple[ReportDay, ...]
    """All days from ``since`` to now."""
    messages: int
    passed: int
    sources: tuple[ReportedSource, ...]
    more_sources: bool
    failing: tuple[FailingMail, ...]
    tls_policies: tuple[TlsPolicyView, ...]
    tls_failures: tuple[TlsFailureView, ...]
    unreadable: tuple[UnreadableReport, ...]
