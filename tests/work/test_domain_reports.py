"""Reports about a domain of one's own: which count, what they sum up to, who never sees them."""

import gzip
import secrets
from pathlib import Path
from typing import Any

import pytest
from domain_reports import (
    BARE_ROW,
    BEGIN,
    DAY,
    FAILED,
    aggregate,
    mailed,
    row,
    sent_as_usual,
    tls,
)
from rooms import Agent, Postman, TestClock, eventually, rows

from postroom.build import PostRoom, open_room
from postroom.index import domain_reports, domains, journal
from postroom.mime.domain_reports.finding import FoundReport, report_in
from postroom.model.callers import Caller, operator
from postroom.model.domain_report_answers import DomainReportsView
from postroom.model.errors import InvalidRequest, NotFound, Refused
from postroom.model.messages import SenderVerdict
from postroom.provision.account import AccountProvisioner
from postroom.provision.builtin import BuiltinProvisioner
from postroom.settings import Operator, Settings
from postroom.work.domains import reports as worker
from postroom.work.domains.reports import (
    KEPT_SECONDS,
    MOST_UNVERIFIED,
    NOT_OURS,
    OUT_OF_TIME,
    TOO_MANY_ROWS,
    DomainReports,
)
from postroom.work.term import Term

HERE = "agents.localhost"
ADDRESS = f"reports@{HERE}"
VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from=corp.example\n"
FORGED = "Authentication-Results: post.localhost; dmarc=fail header.from=corp.example\n"
EDGE = Caller(agent="edge", scopes=frozenset({"inbound"}), mailboxes=(f"*@{HERE}",))
OURS, THEIRS = "192.0.2.5", "198.51.100.7"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    dns = {HERE: {"addresses": [OURS]}, "other.example": {"reports": ADDRESS}}
    return settings.model_copy(update={"operator": Operator.model_validate({"dns": dns})})


class Reading:
    """The worker that reads reports, in a room where nobody else works."""

    def __init__(self, room: PostRoom, postman: Postman, clock: TestClock) -> None:
        self.room, self.postman, self.clock = room, postman, clock

    async def round(self) -> None:
        index = self.room.index
        number = await index.write(
            lambda con: (
                int(journal.sql.meta(con, key="term"))
                or journal.begin_term(con, index.clock(), 1, "test")
            )
        )
        own = self.room.settings.operator.dns
        makers = {HERE: BuiltinProvisioner(HERE)}
        await DomainReports(Term(index, number), own, makers).round()

    async def came(self, *mails: bytes) -> DomainReportsView:
        for mail in mails:
            await self.postman.bring(ADDRESS, mail)
        await self.round()
        return await self.shown()

    async def shown(self, domain: str = HERE, since: str = "365d") -> DomainReportsView:
        return await self.room.desk.domain_reports.show(operator(), domain, since)


@pytest.fixture
async def reading(quiet_room: PostRoom, postman: Postman, clock: TestClock) -> Reading:
    clock.jump(BEGIN + 2 * DAY - clock())
    made = Reading(quiet_room, postman, clock)
    await made.round()
    return made


def about_us(*some: str, top: str = VERIFIED, **more: Any) -> bytes:
    return sent_as_usual(aggregate(*some, domain=HERE, **more), top=top)


GOOD = row(OURS, 40, header_from=HERE)
BAD = row(THEIRS, 7, dkim="fail", spf="fail", disposition="quarantine", header_from=HERE)


async def test_a_verified_report_is_summed_by_address_and_by_day(reading: Reading) -> None:
    found = await reading.came(about_us(GOOD, BAD), about_us(GOOD, id="r-2", begin=BEGIN + DAY))
    ours, theirs = found.sources
    assert (ours.address, ours.ours, ours.messages, ours.passed) == (OURS, True, 80, 80)
    assert (theirs.address, theirs.ours, theirs.messages, theirs.passed) == (THEIRS, False, 7, 0)
    assert (theirs.quarantined, theirs.dkim, theirs.spf) == (7, 0, 0)
    assert [(one.day, one.passed, one.failed) for one in found.days if one.passed] == [
        ("2026-09-22", 40, 7),
        ("2026-09-23", 40, 0),
    ]
    assert (found.messages, found.passed) == (87, 80)
    (failing,) = found.failing
    assert (failing.address, failing.messages) == (THEIRS, 7)
    assert (failing.dkim, failing.spf) == (f"fail ({HERE} a1)", f"fail ({HERE})")
    (reporter,) = found.reporters
    assert (reporter.domain, reporter.verdict, reporter.reports) == ("corp.example", "verified", 2)
    assert reporter.untrusted_org == "Corp Mail"


async def test_a_report_of_tls_is_summed_by_what_failed(reading: Reading) -> None:
    content = gzip.compress(tls(domain=HERE, details=[FAILED]))
    found = await reading.came(
        mailed(content, "application/tlsrpt+gzip", "a.json.gz", top=VERIFIED)
    )
    (policy,) = found.tls_policies
    assert (policy.policy, policy.successes, policy.failures) == ("sts", 40, 7)
    (failed,) = found.tls_failures
    assert (failed.result, failed.receiving_mx) == ("certificate-expired", "mx.agents.example.com")
    assert failed.sessions == 7


async def test_the_same_report_counts_once(reading: Reading) -> None:
    again = about_us(GOOD).replace(b"A report.", b"The same report, sent again.")
    found = await reading.came(about_us(GOOD), again)
    assert found.messages == 40


async def test_what_nobody_vouches_for_is_counted_apart(reading: Reading) -> None:
    found = await reading.came(about_us(BAD, top=""))
    assert (found.messages, found.days[0].failed) == (0, 0)
    (source,) = found.sources
    assert (source.messages, source.unverified) == (0, 7)
    assert found.failing == ()
    assert found.reporters[0].verdict == "unverified"


async def test_a_forged_report_is_told_and_nothing_of_it_is_kept(reading: Reading) -> None:
    found = await reading.came(about_us(BAD, top=FORGED))
    assert (found.messages, found.sources) == (0, ())
    assert (found.reporters[0].verdict, found.reporters[0].total) == ("forged", 0)
    assert [one.why for one in found.unreadable] == [worker.FORGED]


async def test_what_cannot_count_is_not_even_read(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def counting(raw: bytes) -> FoundReport | None:
        read.append(raw)
        return report_in(raw)

    monkeypatch.setattr(worker, "report_in", counting)
    monkeypatch.setattr(worker, "MOST_OF_ONE", 2)
    damaged = [mailed(b"<feedback>%d" % number, top=VERIFIED) for number in range(4)]
    await reading.came(*damaged, about_us(GOOD, top=FORGED), about_us(GOOD, top=""))
    assert len(read) == 3  # two of whom nobody reads more today, and one of somebody else


async def test_an_ordinary_mail_of_a_forged_sender_is_no_report(reading: Reading) -> None:
    raw = FORGED + f"From: x@corp.example\nTo: {ADDRESS}\nSubject: Hello\n\nHello.\n"
    assert (await reading.came(raw.encode())).reporters == ()


@pytest.mark.parametrize("before", ["", FORGED])
async def test_nobody_takes_a_reports_place_by_writing_it_first(
    reading: Reading, before: str
) -> None:
    found = await reading.came(about_us(BAD, top=before), about_us(GOOD))
    assert [(one.address, one.messages, one.unverified) for one in found.sources] == [(OURS, 40, 0)]
    later = await reading.came(about_us(BAD, top="").replace(b"A report.", b"Later."))
    assert later.sources == found.sources


async def test_a_report_of_another_under_the_same_id_takes_nobodys_place(reading: Reading) -> None:
    evil = "Authentication-Results: post.localhost; dmarc=pass header.from=evil.example\n"
    theirs = sent_as_usual(aggregate(BAD, domain=HERE), top=evil, sender="x@evil.example")
    found = await reading.came(theirs, about_us(GOOD))
    assert {one.domain for one in found.reporters} == {"evil.example", "corp.example"}
    assert found.messages == 47


async def test_a_report_about_another_domain_is_kept_as_mail_alone(reading: Reading) -> None:
    mail = sent_as_usual(aggregate(domain="bank.example"), top=VERIFIED)
    found = await reading.came(mail)
    assert [one.why for one in found.unreadable] == [NOT_OURS]
    assert (found.messages, found.sources) == (0, ())
    with pytest.raises(NotFound):
        await reading.shown("bank.example")


async def test_several_domains_may_have_their_reports_in_one_place(reading: Reading) -> None:
    await reading.came(sent_as_usual(aggregate(domain="Other.Example."), top=VERIFIED))
    assert (await reading.shown("other.example")).messages == 3
    assert (await reading.shown(HERE)).messages == 0


async def test_a_report_of_tls_about_two_domains_is_parted(reading: Reading) -> None:
    policy = {"policy": {"policy-type": "sts", "policy-domain": "other.example"}}
    one = tls(domain=HERE)
    both = one.replace(
        b'"policies": [', b'"policies": [' + str(policy).replace("'", '"').encode() + b","
    )
    await reading.came(mailed(both, "application/tlsrpt+json", "a.json", top=VERIFIED))
    assert len((await reading.shown(HERE)).tls_policies) == 1
    assert len((await reading.shown("other.example")).tls_policies) == 1


async def test_what_cannot_be_read_is_told_and_stays_as_mail(reading: Reading) -> None:
    bomb = gzip.compress(b"<feedback>" + b" " * 20_000_000)
    found = await reading.came(mailed(bomb, top=VERIFIED), about_us(GOOD))
    (bad,) = found.unreadable
    assert (bad.why, bad.untrusted_from) == (
        "What it unpacks to is larger than 10 MB, which no report needs.",
        "dmarc@corp.example",
    )
    assert found.messages == 40
    kept = await reading.room.desk.messages.show(operator(), bad.message_id)
    assert kept.message_id == bad.message_id


@pytest.mark.parametrize("days", [-500, 30])
async def test_a_period_that_cannot_be_is_told(reading: Reading, days: int) -> None:
    found = await reading.came(about_us(begin=BEGIN + days * DAY))
    assert [one.why for one in found.unreadable] == [OUT_OF_TIME]


async def test_strangers_cannot_fill_the_room_with_reports(reading: Reading) -> None:
    some = [about_us(BARE_ROW, top="", id=secrets.token_hex(8)) for _ in range(MOST_UNVERIFIED + 5)]
    found = await reading.came(*some, about_us(GOOD))
    assert {one.verdict: one.reports for one in found.reporters} == {
        "unverified": MOST_UNVERIFIED,
        "verified": 1,
    }


async def test_a_sender_cannot_fill_the_disk_with_rows(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ROWS_OF_ONE", 5)
    some = [about_us(*[GOOD] * 2, id=f"r-{number}") for number in range(3)]
    found = await reading.came(*some)
    assert found.messages == 160
    assert [one.why for one in found.unreadable] == [TOO_MANY_ROWS]


def of_owner(domain: str, *some: str, id: str) -> bytes:
    """A report that whoever has ``domain`` sends, verified."""
    top = VERIFIED.replace("corp.example", domain)
    return sent_as_usual(aggregate(*some, domain=HERE, id=id), top=top, sender=f"x@{domain}")


async def test_whoever_has_a_domain_has_no_more_room_by_domains_below_it(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ROWS_OF_ONE", 4)
    monkeypatch.setattr(worker, "MOST_OF_ONE", 3)
    evil = [of_owner(f"n{number}.evil.example", BAD, BAD, id=f"e-{number}") for number in range(9)]
    found = await reading.came(*evil, about_us(GOOD))
    assert (found.messages, found.passed) == (4 * 7 + 40, 40)
    assert len(found.unreadable) == 1  # the third, and no more of them is read


async def test_who_reported_before_has_room_whoever_comes_today(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reading.came(about_us(GOOD))
    reading.clock.jump(8 * DAY)
    monkeypatch.setattr(worker, "ROWS_OF_NEW", 2)
    bought = [of_owner(f"evil{number}.example", BAD, id=f"e-{number}") for number in range(3)]
    found = await reading.came(*bought, about_us(GOOD, id="r-2"))
    assert (found.messages, found.passed) == (2 * 7 + 80, 80)
    assert [one.why for one in found.unreadable] == [TOO_MANY_ROWS]


async def test_an_ordinary_mail_there_is_a_mail(reading: Reading) -> None:
    found = await reading.came(
        b"From: ben@far.example\r\nTo: reports@agents.localhost\r\n\r\nHi.\r\n"
    )
    assert (found.reporters, found.unreadable) == ((), ())


async def test_no_agent_sees_reports_or_is_woken(reading: Reading, ada: Agent) -> None:
    await reading.came(about_us(GOOD))
    box = next(
        one
        for one in (await reading.room.desk.mailboxes.list(operator())).mailboxes
        if one.address == ADDRESS
    )
    assert box.address not in [
        one.address for one in (await reading.room.desk.mailboxes.list(ada.caller)).mailboxes
    ]
    got = await ada.wait(timeout=0)
    assert got.outcome == "timeout"
    with pytest.raises(Refused):
        await reading.room.desk.domain_reports.show(ada.caller, HERE)
    with pytest.raises(Refused):
        await reading.room.desk.domain_reports.open_mailbox(ada.caller, HERE)


async def test_reports_are_forgotten_when_they_are_too_old(reading: Reading) -> None:
    await reading.came(about_us(GOOD))
    reading.clock.jump(KEPT_SECONDS - DAY)
    await reading.round()
    assert await _count(reading.room, "domain_reports") == 1
    reading.clock.jump(2 * DAY)
    await reading.round()
    assert await _count(reading.room, "domain_reports") == 0
    assert await _count(reading.room, "domain_report_rows") == 0


async def _count(room: PostRoom, table: str) -> int:
    found = await room.index.read(lambda con: rows(con, f"SELECT count(*) FROM {table}"))
    return int(str(found[0][0]))


async def test_an_agents_mailbox_is_not_read_for_reports(
    quiet_room: PostRoom, postman: Postman, clock: TestClock
) -> None:
    await Agent(quiet_room, "ada").open("reports")
    reading = Reading(quiet_room, postman, clock)
    await reading.round()
    await postman.bring(ADDRESS, about_us(GOOD))
    await reading.round()
    found = await reading.shown()
    assert (found.mailbox.state, found.reporters) == ("taken", ())
    assert "is an agent's mailbox" in found.mailbox.says


async def test_the_mailbox_for_reports_is_opened_once(quiet_room: PostRoom) -> None:
    desk = quiet_room.desk.domain_reports
    before = await desk.show(operator(), HERE)
    assert before.mailbox.state == "absent"
    opened = await desk.open_mailbox(operator(), HERE)
    assert (opened.address, opened.state) == (ADDRESS, "open")
    assert await desk.open_mailbox(operator(), "OTHER.example") == opened


async def test_where_no_mailbox_can_be_made_that_is_said(
    quiet_room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = quiet_room.desk.domain_reports
    provisioner = AccountProvisioner(HERE, "agent", "+")
    monkeypatch.setattr(desk, "_provisioners", {HERE: provisioner})
    assert (await desk.open_mailbox(operator(), HERE)).state == "elsewhere"


@pytest.mark.parametrize("since", ["500d", "2100-01-01", "soon"])
async def test_only_times_of_which_reports_are_kept_are_asked_for(
    reading: Reading, since: str
) -> None:
    with pytest.raises(InvalidRequest):
        await reading.shown(since=since)


def test_verdicts_rank_as_they_are_trusted() -> None:
    assert set(domain_reports._TRUST) == set(SenderVerdict)


async def test_a_domain_that_is_added_while_it_runs_has_its_reports_read_however_they_come(
    tmp_path: Path, clock: TestClock
) -> None:
    """By all workers, from a mail that was handed in over HTTP."""
    async with open_room(Settings(home=tmp_path), program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(10)
        await room.index.write(lambda con: domains.add(con, clock(), HERE))

        async def opened() -> bool:
            found = await room.desk.domain_reports.show(operator(), HERE)
            return found.mailbox.state == "open"

        await eventually(opened)
        raw = about_us(GOOD, top="", begin=int(clock() // DAY * DAY))
        to = [f"reports+dmarc@{HERE}"]
        await room.desk.inbound.take(EDGE, "dmarc@corp.example", to, raw)

        async def counted() -> int:
            found = await room.desk.domain_reports.show(operator(), HERE)
            return found.sources[0].unverified if found.sources else 0

        assert await eventually(counted) == 40
        await room.desk.correspondence.erase(operator(), "dmarc@corp.example")

        async def gone() -> bool:
            return await _count(room, "domain_reports") == 0

        await eventually(gone)
