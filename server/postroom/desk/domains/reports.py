"""What others report about a domain of one's own, and where that comes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from postroom.accounts.own_domain import OwnDomain
from postroom.desk import door
from postroom.desk.domains.unknown import not_added
from postroom.desk.times import iso, moment
from postroom.index import domain_reports, report_mailboxes
from postroom.index.database import Connection, Row
from postroom.index.domain_reports import Sums
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.domain_names import ascii_domain
from postroom.model.domain_report_answers import (
    SINCE,
    DomainReportsView,
    FailingMail,
    ReportDay,
    ReportedSource,
    ReporterView,
    ReportsMailbox,
    TlsFailureView,
    TlsPolicyView,
    UnreadableReport,
)
from postroom.model.errors import InvalidRequest
from postroom.provision.provisioner import Provisioner

MOST = 100
"""Of each list, the largest first."""

MOST_DAYS = 400
"""As long as reports are kept."""

DAY_SECONDS = 86_400


class DomainReportsDesk:
    """The operator's desk for reports."""

    def __init__(
        self,
        index: Index,
        own: Mapping[str, OwnDomain],
        provisioners: Mapping[str, Provisioner],
    ) -> None:
        """``own``: what the settings say of domains; ``provisioners`` by domain."""
        self._index = index
        self._own = own
        self._provisioners = provisioners

    async def show(self, caller: Caller, domain: str, since: str = SINCE) -> DomainReportsView:
        """What was reported of periods that begin at ``since`` or later.

        Raises:
            NotFound: ``domain_not_found``: it is none of the operator's.
            InvalidRequest: ``since`` is no time, or longer ago than reports are kept.
        """
        door.for_operators(caller)
        now = self._index.clock()
        begin = moment(since, now, "since") // DAY_SECONDS * DAY_SECONDS
        if not now - (MOST_DAYS + 1) * DAY_SECONDS <= begin <= now:
            raise InvalidRequest(
                "since_out_of_range",
                f"Reports are kept for {MOST_DAYS} days.",
                'Pass a `since` within them, such as "30d".',
            )

        def look(con: Connection) -> DomainReportsView:
            name = self._known(con, domain)
            found = domain_reports.sums(con, name, begin, MOST + 1)
            return self._view(name, begin, now, self._mailbox(con, name), found)

        return await self._index.read(look)

    async def domains(self, caller: Caller) -> list[str]:
        """The domains that reports can be about, by name."""
        door.for_operators(caller)
        return await self._index.read(lambda con: report_mailboxes.named(con, tuple(self._own)))

    async def open_mailbox(self, caller: Caller, domain: str) -> ReportsMailbox:
        """The mailbox for a domain's reports, made where there is none and one can be.

        Raises:
            NotFound: ``domain_not_found``: it is none of the operator's.
        """
        door.for_operators(caller)
        now = self._index.clock()

        def change(con: Connection) -> ReportsMailbox:
            name = self._known(con, domain)
            found = self._mailbox(con, name)
            maker = self._maker(found.address)
            if found.state == "absent" and maker is not None:
                live = maker.live_at_commit
                report_mailboxes.open_at(con, now, found.address, live=live, actor="operator")
            return self._mailbox(con, name)

        return await self._index.write(change)

    def _known(self, con: Connection, domain: str) -> str:
        name = ascii_domain(domain)
        if name not in report_mailboxes.named(con, tuple(self._own)):
            raise not_added(name, "domain_not_found")
        return name

    def _mailbox(self, con: Connection, domain: str) -> ReportsMailbox:
        address = self._own.get(domain, OwnDomain()).reports_at(domain).lower()
        box = report_mailboxes.at(con, address)
        state: Literal["open", "absent", "taken", "elsewhere"]
        if box is not None:
            state = "open" if report_mailboxes.is_operators(box) else "taken"
        else:
            state = "absent" if self._maker(address) is not None else "elsewhere"
        return ReportsMailbox(address=address, state=state, says=_SAYS[state].format(address))

    def _maker(self, address: str) -> Provisioner | None:
        """Where a mailbox of this address can be made."""
        provisioner = self._provisioners.get(address.rpartition("@")[2])
        return provisioner if provisioner and report_mailboxes.makes(provisioner, address) else None

    def _view(
        self, name: str, begin: float, now: float, mailbox: ReportsMailbox, found: Sums
    ) -> DomainReportsView:
        own = frozenset(self._own.get(name, OwnDomain()).addresses)
        days = _days(found.days, begin, now)
        return DomainReportsView(
            domain=name,
            since=iso(begin),
            mailbox=mailbox,
            reporters=tuple(map(_reporter, found.reporters[:MOST])),
            days=days,
            messages=sum(day.passed + day.failed for day in days),
            passed=sum(day.passed for day in days),
            sources=tuple(_source(row, own) for row in found.sources[:MOST]),
            more_sources=len(found.sources) > MOST,
            failing=tuple(map(_failing, found.failing[:MOST])),
            tls_policies=tuple(map(_policy, found.tls_policies)),
            tls_failures=tuple(map(_tls_failure, found.tls_failures[:MOST])),
            unreadable=tuple(map(_unreadable, found.unreadable)),
        )


_SAYS = {
    "open": "Reports that come to {} are read.",
    "absent": "The mailbox {} is made as soon as the worker runs.",
    "taken": "{} is an agent's mailbox: no report is read there. Name another address as `reports`"
    " in the domain's table, or delete that mailbox.",
    "elsewhere": "No mailbox can be made at {} here: reports that come there are not read. Name an"
    " address of a domain that has its mailboxes here as `reports` in the domain's table.",
}


def _days(rows: list[Row], begin: float, now: float) -> tuple[ReportDay, ...]:
    told = {row["day"]: row for row in rows}
    first, last = int(begin // DAY_SECONDS), int(now // DAY_SECONDS)
    return tuple(
        ReportDay(
            day=f"{datetime.fromtimestamp(day * DAY_SECONDS, UTC):%Y-%m-%d}",
            passed=told[day]["passed"] if day in told else 0,
            failed=told[day]["failed"] if day in told else 0,
        )
        for day in range(first, max(last, *told, first) + 1 if told else last + 1)
    )


def _reporter(row: Row) -> ReporterView:
    return ReporterView(
        domain=row["sender_domain"],
        verdict=row["verdict"],
        kind=row["kind"],
        untrusted_org=row["org"],
        reports=row["reports"],
        unreadable=row["unreadable"],
        total=row["total"],
        last_at=iso(row["last_at"]),
    )


def _source(row: Row, own: frozenset[str]) -> ReportedSource:
    return ReportedSource(
        address=row["source"],
        ours=row["source"] in own,
        messages=row["messages"],
        passed=row["passed"],
        dkim=row["dkim"],
        spf=row["spf"],
        quarantined=row["quarantined"],
        rejected=row["rejected"],
        unverified=row["unverified"],
    )


def _failing(row: Row) -> FailingMail:
    signed = " ".join(filter(None, (row["dkim_domain"], row["dkim_selector"])))
    return FailingMail(
        address=row["source"],
        messages=row["messages"],
        header_from=row["header_from"],
        dkim=_result(row["dkim_result"], signed),
        spf=_result(row["spf_result"], row["spf_domain"]),
    )


def _result(result: str, of: str) -> str:
    return f"{result or 'none'} ({of})" if of else result or "none"


def _policy(row: Row) -> TlsPolicyView:
    return TlsPolicyView(policy=row["type"], successes=row["successes"], failures=row["failures"])


def _tls_failure(row: Row) -> TlsFailureView:
    return TlsFailureView(
        result=row["result"],
        receiving_mx=row["receiving_mx"],
        receiving_ip=row["receiving_ip"],
        sessions=row["sessions"],
    )


def _unreadable(row: Row) -> UnreadableReport:
    return UnreadableReport(
        message_id=row["message"],
        untrusted_from=row["sender"],
        verdict=row["verdict"],
        kind=row["kind"],
        received_at=iso(row["received_at"]),
        why=row["fault"],
    )
