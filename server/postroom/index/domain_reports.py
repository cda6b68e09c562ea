"""What others report about domains of one's own: kept, summed, and forgotten in time.

verified      summed
unverified    counted apart: anybody can write one
forged        known to have come; nothing of it is kept
"""

from dataclasses import dataclass

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.senders.domains import organisation
from postroom.model.domain_reports import DmarcReport, Metadata, ReportKind, TlsFailure, TlsPolicy
from postroom.model.messages import SenderVerdict

sql = named("domain_reports")

_TRUST = [SenderVerdict.FORGED, SenderVerdict.UNVERIFIED, SenderVerdict.VERIFIED]


@dataclass(frozen=True)
class Arrival:
    """The mail that a report came in."""

    domain: str
    """What it is about."""
    kind: ReportKind
    sender: str
    verdict: SenderVerdict
    at: float
    message: str
    """Public id."""

    @property
    def sender_domain(self) -> str:
        """Of From: who is responsible for the report, where the sender is verified."""
        return self.sender.rpartition("@")[2].lower()

    @property
    def organisation(self) -> str:
        """Whose that is: whoever has a domain has as many below it as he likes."""
        return organisation(self.sender_domain)


@dataclass(frozen=True)
class Came:
    """How much came about a domain lately."""

    reports: int
    """Of one verified organisation, else of all who are not."""
    faults: int
    """Those of them that could not be read, or were about another domain."""
    its_rows: int
    """The rows of these."""
    all_rows: int
    """Of everybody."""


def came(con: Connection, of: Arrival, since: float) -> Came:
    """How much came since then about the domain of a report that comes."""
    one = of.organisation if of.verdict is SenderVerdict.VERIFIED else ""
    asked = {"domain": of.domain, "verdict": str(of.verdict), "organisation": one}
    return Came(**dict(sql.came(con, **asked, since=since)))


def reported_before(con: Connection, of: Arrival, before: float) -> bool:
    """Whether the verified organisation of a report that comes reported about the same domain
    before then."""
    asked = {"domain": of.domain, "organisation": of.organisation}
    verified = of.verdict is SenderVerdict.VERIFIED
    return verified and sql.reported_before(con, **asked, before=before) is not None


def keep_dmarc(con: Connection, of: Arrival, report: DmarcReport) -> bool:
    """Keep an aggregate report; False where it is there already."""
    total = sum(row.count for row in report.rows)
    id = _add(con, of, report.metadata, total, len(report.rows), policy=report.policy)
    if id is None or of.verdict is SenderVerdict.FORGED:
        return id is not None
    con.executemany(
        "INSERT INTO domain_report_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                id,
                number,
                row.source,
                row.count,
                row.disposition,
                row.dkim_aligned,
                row.spf_aligned,
                row.header_from,
                row.dkim_result,
                row.dkim_domain,
                row.dkim_selector,
                row.spf_result,
                row.spf_domain,
            )
            for number, row in enumerate(report.rows)
        ),
    )
    return True


def keep_tls(
    con: Connection, of: Arrival, metadata: Metadata, policies: tuple[TlsPolicy, ...]
) -> bool:
    """Keep what a report of TLS says of a domain; False where it is there already."""
    total = sum(policy.successes + policy.failures for policy in policies)
    details: list[TlsFailure] = [each for policy in policies for each in policy.details]
    id = _add(con, of, metadata, total, len(policies) + len(details))
    if id is None or of.verdict is SenderVerdict.FORGED:
        return id is not None
    con.executemany(
        "INSERT INTO domain_tls_policies VALUES (?, ?, ?, ?, ?)",
        (
            (id, number, policy.type, policy.successes, policy.failures)
            for number, policy in enumerate(policies)
        ),
    )
    con.executemany(
        "INSERT INTO domain_tls_failures VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (id, number, one.result, one.sending_ip, one.receiving_mx, one.receiving_ip, one.count)
            for number, one in enumerate(details)
        ),
    )
    return True


def keep_unreadable(con: Connection, of: Arrival, why: str) -> None:
    """Keep that something came which was to be a report."""
    period = {"begins_at": of.at, "ends_at": of.at}
    metadata = Metadata.model_validate({"org": "", "report_id": of.message, "period": period})
    _add(con, of, metadata, 0, 0, fault=why)


def _add(
    con: Connection,
    of: Arrival,
    about: Metadata,
    total: int,
    kept_rows: int,
    *,
    policy: str = "",
    fault: str = "",
) -> int | None:
    """The row of a report; None where the same came before from somebody who is trusted as much.
    Whoever is verified takes the place of who only said to be that."""
    key = {
        "domain": of.domain,
        "kind": str(of.kind),
        "sender_domain": of.sender_domain,
        "org": about.org,
        "report_id": about.report_id,
    }
    known = sql.known(con, **key)
    if known is not None:
        if _TRUST.index(SenderVerdict(known["verdict"])) >= _TRUST.index(of.verdict):
            return None
        sql.drop(con, id=known["id"])
    counts = of.verdict is not SenderVerdict.FORGED
    id: int = sql.add(
        con,
        **key,
        sender=of.sender,
        verdict=str(of.verdict),
        policy=policy,
        begins_at=about.period.begins_at,
        ends_at=about.period.ends_at,
        received_at=of.at,
        message=of.message,
        total=total if counts else 0,
        kept_rows=kept_rows if counts else 0,
        fault=fault,
    )
    return id


def forget_one(con: Connection, before: float) -> bool:
    """Forget the oldest report that came before then; whether there was one."""
    oldest = sql.older(con, before=before)
    if oldest is not None:
        sql.drop(con, id=oldest)
    return oldest is not None


def is_overdue(con: Connection, before: float) -> bool:
    """Whether any report came before then."""
    return sql.older(con, before=before) is not None


def read_up_to(con: Connection, mailbox_id: int) -> int:
    """The position up to which a mailbox's mail was read for reports."""
    return int(sql.read_up_to(con, mailbox_id=mailbox_id) or 0)


def set_read_up_to(con: Connection, mailbox_id: int, position: int) -> None:
    sql.set_read_up_to(con, mailbox_id=mailbox_id, position=position)


@dataclass(frozen=True)
class Sums:
    """What was reported about a domain, summed."""

    reporters: list[Row]
    days: list[Row]
    sources: list[Row]
    failing: list[Row]
    tls_policies: list[Row]
    tls_failures: list[Row]
    unreadable: list[Row]


def sums(con: Connection, domain: str, since: float, most: int) -> Sums:
    """Of periods that begin at ``since`` or later; of each list the first ``most``."""
    asked = {"domain": domain, "since": since}
    return Sums(
        reporters=list(sql.reporters(con, **asked, most=most)),
        days=list(sql.days(con, **asked)),
        sources=list(sql.sources(con, **asked, most=most)),
        failing=list(sql.failing(con, **asked, most=most)),
        tls_policies=list(sql.tls_policies(con, **asked)),
        tls_failures=list(sql.tls_failures(con, **asked, most=most)),
        unreadable=list(sql.unreadable(con, **asked, most=min(most, 20))),
    )
