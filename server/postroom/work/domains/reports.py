"""Reports about domains of one's own, out of the mail that comes to the address for them.

    a mail to reports@DOMAIN ─► a mailbox of the operators', which no agent sees
        ├── a report about a domain whose reports come to this very address ─► kept, summed
        ├── one that cannot be read, or is about another domain ─► told, kept as mail alone
        ├── a complaint (RFC 5965) ─► the send that it tells of, whichever mailbox sent it
        └── anything else ─► mail

Anybody can write one. What counts is who sent it: a verified sender's is summed, another's counted
apart, a forged one's is not even read. Of each organisation so many a day are read, so that nobody
fills the disk, and those that reported before have room of their own.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping

from postroom.accounts.own_domain import OwnDomain
from postroom.index import domain_reports, mail, reading, report_mailboxes
from postroom.index.database import Connection, Row
from postroom.index.domain_reports import Arrival
from postroom.index.index import wait_for_event
from postroom.index.paced import paced
from postroom.index.reading import Scope
from postroom.mime.domain_reports.finding import FoundReport, meant_as, report_in
from postroom.mime.parse import parse
from postroom.model.domain_reports import DmarcReport, ReportKind, TlsReport
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import MessageKind, ParsedMessage, SenderVerdict
from postroom.provision.provisioner import Provisioner
from postroom.work import reports
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 60.0

AT_A_TIME = 20

DAY_SECONDS = 86_400.0

MOST_OF_ONE = 200
"""Reports about a domain of one verified organisation that are read in a day. The largest send one
an hour for each of their tenants that wrote to us."""

MOST_UNVERIFIED = 100
"""The same of all whom nobody vouches for: anybody can write as anybody there."""

ROWS_OF_ONE, ROWS_UNVERIFIED, ROWS_OF_ALL = 50_000, 20_000, 300_000
"""Rows about a domain that are kept of a day's reports: of one verified organisation, of all whom
nobody vouches for, of everybody. A row takes some 150 bytes, and whoever owns a domain is
verified."""

ROWS_OF_NEW = 200_000
"""How far the rows of everybody go before only whoever reported earlier has room: anybody can buy
some domains today, and what the large reporters say tomorrow is to be kept."""

KNOWN_SECONDS = 7 * DAY_SECONDS
"""How long ago that is at least."""

KEPT_SECONDS = 400 * DAY_SECONDS
"""How long reports are kept: a year beside the one before it."""

FORGET_SECONDS = 3600.0
"""Between two looks for reports that are too old."""

AHEAD_SECONDS = 2 * DAY_SECONDS
"""How far a report's period may lie ahead of its arrival: clocks and days differ."""

NOT_OURS = "It is about a domain whose reports do not come to this address."
TOO_MANY_ROWS = "There is no room left for its rows today."
FORGED = "Its sender is forged."
OUT_OF_TIME = "Its period lies in the future, or before any report that is kept."


class DomainReports:
    """Reads reports as they come, and forgets old ones."""

    def __init__(
        self, term: Term, own: Mapping[str, OwnDomain], provisioners: Mapping[str, Provisioner]
    ) -> None:
        """``own``: what the settings say of domains; ``provisioners`` by domain."""
        self._term = term
        self._own = own
        self._provisioners = provisioners
        self._forgets_at = 0.0
        self._told: set[str] = set()
        """Addresses of which it was logged that nobody reads them."""

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            changed = self._term.index.next_change()
            await self.round()
            await wait_for_event(changed, LOOK_SECONDS)

    async def round(self) -> None:
        """Read what came to each address, and forget what is too old."""
        for address, named in (await self._addresses()).items():
            box = await self._mailbox(address)
            while box is not None and await self._read_some(box, named):
                pass
        if self._term.index.clock() >= self._forgets_at:
            await self._forget()

    async def _addresses(self) -> dict[str, list[str]]:
        """Where reports come, and about which domains."""
        found: dict[str, list[str]] = defaultdict(list)
        of_settings = tuple(self._own)
        for domain in await self._term.index.read(
            lambda con: report_mailboxes.named(con, of_settings)
        ):
            found[self._own.get(domain, OwnDomain()).reports_at(domain).lower()].append(domain)
        return found

    async def _mailbox(self, address: str) -> Mailbox | None:
        """The mailbox of an address, made where it can be; None where nobody takes mail for it."""
        index = self._term.index
        box = await index.read(lambda con: report_mailboxes.at(con, address))
        maker = self._provisioners.get(address.rpartition("@")[2])
        if box is None and maker is not None and report_mailboxes.makes(maker, address):
            live, now = maker.live_at_commit, index.clock()
            box = await self._term.write(
                lambda con: report_mailboxes.open_at(con, now, address, live=live, actor="worker")
            )
        if box is None or report_mailboxes.is_operators(box):
            return box
        if address not in self._told:
            self._told.add(address)
            log.error("No reports are read: %s is an agent's mailbox.", address)
        return None

    async def _read_some(self, box: Mailbox, named: list[str]) -> bool:
        """Read some of what came; whether there may be more."""

        def look(con: Connection) -> list[tuple[Row, bytes | None]]:
            after = domain_reports.read_up_to(con, box.id)
            rows = reading.received_after(con, Scope(box.id), after, AT_A_TIME)
            return [(row, mail.raw(con, row["mail_id"])) for row in rows]

        came = await self._term.index.read(look)
        for row, raw in came:
            await self._read(box, named, row, raw)
        return len(came) == AT_A_TIME

    async def _read(self, box: Mailbox, named: list[str], row: Row, raw: bytes | None) -> None:
        complains = row["kind"] == MessageKind.COMPLAINT
        found: FoundReport | None = None
        parsed: ParsedMessage | None = None
        now = self._term.index.clock()
        if raw is not None:
            if complains:
                parsed = await asyncio.to_thread(parse, raw)
            elif SenderVerdict(row["verdict"]) is SenderVerdict.FORGED:
                found = await asyncio.to_thread(_unread, raw)
            elif await self._term.index.read(lambda con: _has_room(con, named, row, now)):
                found = await asyncio.to_thread(report_in, raw)

        def change(con: Connection) -> None:
            if domain_reports.read_up_to(con, box.id) >= row["position"]:
                return
            if parsed is not None:
                _complain(con, now, named, row, parsed)
            if found is not None:
                _keep(con, now, named, row, found)
            domain_reports.set_read_up_to(con, box.id, row["position"])

        await self._term.write(change)

    async def _forget(self) -> None:
        self._forgets_at = self._term.index.clock() + FORGET_SECONDS
        before = self._term.index.clock() - KEPT_SECONDS
        if await self._term.index.read(lambda con: domain_reports.is_overdue(con, before)):
            while await paced(self._term, lambda con: domain_reports.forget_one(con, before)):
                pass


def _unread(raw: bytes) -> FoundReport | None:
    """A report that is not looked into."""
    kind = meant_as(raw)
    return FoundReport(kind, None, FORGED) if kind is not None else None


def _has_room(con: Connection, named: list[str], row: Row, now: float) -> bool:
    """Whether a report of this sender may count, whichever domain it is about: reading one costs
    seconds."""
    of = [_arrival(row, domain, ReportKind.DMARC, now) for domain in named]
    came = [domain_reports.came(con, each, now - DAY_SECONDS) for each in of]
    most = _most(of[0])
    # Those that cannot be read stand beside the first domain: see _tell.
    return came[0].faults < most and any(each.reports < most for each in came)


def _complain(
    con: Connection, now: float, named: list[str], row: Row, parsed: ParsedMessage
) -> None:
    verdict = SenderVerdict(row["verdict"])
    told = reports.about_any(con, frozenset(named), parsed, verdict)
    if told is not None:
        reports.mark(con, now, told, parsed, row["mail_id"])


def _keep(con: Connection, now: float, named: list[str], row: Row, found: FoundReport) -> None:
    """Keep what a mail reports, each domain for itself."""
    if isinstance(found.report, DmarcReport):
        report = found.report
        of = _arrival(row, report.domain, found.kind, now)
        if _counts(con, named, of, report.metadata.period.begins_at, len(report.rows)):
            domain_reports.keep_dmarc(con, of, report)
    elif isinstance(found.report, TlsReport):
        by_domain = {each.domain for each in found.report.policies}
        for domain in sorted(by_domain) or [""]:
            of = _arrival(row, domain, found.kind, now)
            policies = tuple(each for each in found.report.policies if each.domain == domain)
            size = sum(1 + len(policy.details) for policy in policies)
            if _counts(con, named, of, found.report.metadata.period.begins_at, size):
                domain_reports.keep_tls(con, of, found.report.metadata, policies)
    else:
        _tell(con, named, _arrival(row, named[0], found.kind, now), found.why)


def _arrival(row: Row, domain: str, kind: ReportKind, now: float) -> Arrival:
    return Arrival(
        domain=domain,
        kind=kind,
        sender=row["from_address"],
        verdict=SenderVerdict(row["verdict"]),
        at=now,
        message=row["public_id"],
    )


def _counts(con: Connection, named: list[str], of: Arrival, begins_at: float, size: int) -> bool:
    """Whether a report of ``size`` rows that was read is to be kept; where not, that is told."""
    if of.domain not in named:
        _tell(con, named, of, NOT_OURS)
        return False
    if not of.at - KEPT_SECONDS < begins_at < of.at + AHEAD_SECONDS:
        _tell(con, named, of, OUT_OF_TIME)
        return False
    came = domain_reports.came(con, of, of.at - DAY_SECONDS)
    its_most = ROWS_OF_ONE if of.verdict is SenderVerdict.VERIFIED else ROWS_UNVERIFIED
    known = domain_reports.reported_before(con, of, of.at - KNOWN_SECONDS)
    all_most = ROWS_OF_ALL if known else ROWS_OF_NEW
    if came.its_rows + size > its_most or came.all_rows + size > all_most:
        _tell(con, named, of, TOO_MANY_ROWS)
        return False
    return came.reports < _most(of)


def _tell(con: Connection, named: list[str], of: Arrival, why: str) -> None:
    """Keep that a mail was no report that counts, beside the first domain whose reports come to its
    address."""
    about = Arrival(named[0], of.kind, of.sender, of.verdict, of.at, of.message)
    if domain_reports.came(con, about, of.at - DAY_SECONDS).reports < _most(about):
        domain_reports.keep_unreadable(con, about, why)


def _most(of: Arrival) -> int:
    return MOST_OF_ONE if of.verdict is SenderVerdict.VERIFIED else MOST_UNVERIFIED
