"""Domains that are checked by themselves: when they are due, and what is told of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.rrset
import pytest
from dns_checking.worlds import ADDRESS
from rooms import TestClock, eventually
from servers.dns import NameServer, name_server

from postroom.accounts.own_domain import OwnDomain
from postroom.build import PostRoom
from postroom.dns.checking.asking import Asker
from postroom.dns.checking.checking import Checker, Facts
from postroom.dns.checking.servers import Ports
from postroom.index import domain_checks, domains, journal
from postroom.model.callers import operator
from postroom.model.domain_checks import DomainFindings
from postroom.model.domains import RecordState
from postroom.model.errors import NotFound
from postroom.settings import Operator
from postroom.work.domains.watching import EVERY_SECONDS, MAX_AT_ONCE, DomainWatch
from postroom.work.term import Term

DOMAIN = "own.example"

ZONE = f"""
{DOMAIN}. 60 IN NS ns1.{DOMAIN}.
ns1.{DOMAIN}. 60 IN A {ADDRESS}
_smtp._tls.{DOMAIN}. 60 IN TXT "v=TLSRPTv1; rua=mailto:reports@{DOMAIN}"
"""

SOA = f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 5 3600 900 86400 60"


@dataclass
class Watched:
    """A room with a domain of its own, and the name server that tells of it."""

    room: PostRoom
    server: NameServer
    watch: DomainWatch
    said: list[str] = field(default_factory=list)

    async def state(self) -> str:
        """Of its TLS-RPT record, as the index has it."""
        found = await self.room.index.read(lambda con: domain_checks.findings(con, DOMAIN))
        return next((str(e.finding.state) for e in found if e.finding.subject == "tls_rpt"), "")

    def hang(self, *names: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let checks of these domains never end; those that have begun."""
        begun, real = list[str](), Checker.check

        async def check(checker: Checker, facts: Facts) -> DomainFindings:
            if facts.domain in names:
                begun.append(facts.domain)
                await asyncio.Event().wait()
            return await real(checker, facts)

        monkeypatch.setattr(Checker, "check", check)
        return begun

    async def events(self) -> list[str]:
        rows = await self.room.index.read(lambda con: journal.since(con, 0))
        return [each.detail for each in rows if each.type.startswith("domain.")]


async def no_samples(_: str) -> dict[str, bytes]:
    return {}


@asynccontextmanager
async def watching(room: PostRoom, *names: str) -> AsyncIterator[Watched]:
    async with name_server(ZONE) as server:
        server.records.append(dns.rrset.from_text(f"{DOMAIN}.", 60, "IN", "SOA", SOA))
        endpoint = f"{server.address[0]}:{server.address[1]}"
        own = OwnDomain.model_validate({"resolvers": [endpoint]})
        settings = Operator(dns=dict.fromkeys(names, own))
        number = await room.index.write(lambda con: journal.begin_term(con, 1.0, 1, "test"))
        await room.index.write(lambda con: [domains.add(con, 1.0, name) for name in names])
        checker = Checker(
            room.index.clock, ports=Ports({ADDRESS: server.address[1]}), asker=Asker(0.3)
        )
        watch = DomainWatch(
            Term(room.index, number),
            settings.dns,
            settings.provider_of,
            lambda: checker,
            no_samples,
        )
        yield Watched(room, server, watch)


@asynccontextmanager
async def running(watch: DomainWatch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_domain_is_due_at_once_then_after_an_hour_and_when_somebody_asks(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    async with watching(quiet_room, DOMAIN) as watched:
        assert await watched.watch.due() == [DOMAIN]
        await watched.watch.check(DOMAIN)
        assert await watched.watch.due() == []
        clock.jump(EVERY_SECONDS * 0.8)
        assert await watched.watch.due() == []
        clock.jump(EVERY_SECONDS * 0.4)
        assert await watched.watch.due() == [DOMAIN]
        await watched.watch.check(DOMAIN)
        clock.jump(1)
        await quiet_room.desk.domain_checks.ask(operator(), DOMAIN)
        assert await watched.watch.due() == [DOMAIN]


async def test_what_is_checked_for_is_another_thing_once_a_key_was_made(
    quiet_room: PostRoom,
) -> None:
    async with watching(quiet_room, DOMAIN) as watched:
        await watched.watch.check(DOMAIN)
        assert await watched.watch.due() == []
        new = domains.NewKey(DOMAIN, "s1", "rsa", "AAAA", b"")  # type: ignore[arg-type]
        await quiet_room.index.write(lambda con: domains.add_key(con, 2.0, new))
        assert await watched.watch.due() == [DOMAIN]


async def test_what_breaks_is_told_after_a_second_look_and_so_is_that_it_is_mended(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    async with watching(quiet_room, DOMAIN) as watched, running(watched.watch):
        await eventually(lambda: _is(watched, RecordState.RIGHT))
        (record,) = [e for e in watched.server.records if str(e.name).startswith("_smtp.")]
        watched.server.records.remove(record)
        clock.jump(1)
        await quiet_room.desk.domain_checks.ask(operator(), DOMAIN)
        await eventually(lambda: _is(watched, RecordState.MISSING))
        clock.jump(12)
        await quiet_room.desk.domain_checks.again(operator(), DOMAIN, 5.0)
        assert await watched.events() == []
        clock.jump(400)  # it is looked at again sooner than in an hour
        quiet_room.index.time_jumped()
        await eventually(lambda: _has(watched, [f"{DOMAIN} tls_rpt missing"]))
        health = await quiet_room.desk.health.report(operator())
        (check,) = [each for each in health.checks if each.name == f"domain {DOMAIN}"]
        assert not check.ok
        assert f"_smtp._tls.{DOMAIN} TXT missing since" in check.says
        (one,) = (await quiet_room.desk.domains.list(operator())).domains
        assert one.state == "missing"
        figures = await quiet_room.desk.metrics.now(operator())
        assert figures.domain_checks[DOMAIN]["missing"] >= 1
        watched.server.records.append(record)
        clock.jump(1.2 * EVERY_SECONDS)
        quiet_room.index.time_jumped()
        both = [f"{DOMAIN} tls_rpt missing", f"{DOMAIN} tls_rpt right"]
        await eventually(lambda: _has(watched, both))
        page = await quiet_room.desk.events.list(operator(), "begin", types=["domain.*"])
        broken, mended = (each.model_dump(exclude={"id", "at"}) for each in page.events)
        about = {"domain": DOMAIN, "subject": "tls_rpt"}
        assert broken == {"type": "domain.broken", "state": "missing", **about}
        assert mended == {"type": "domain.mended", **about}


async def _is(watched: Watched, state: RecordState) -> bool:
    return await watched.state() == state


async def _has(watched: Watched, events: list[str]) -> bool:
    return await watched.events() == events


async def test_a_name_server_that_hangs_holds_up_no_other_domain(quiet_room: PostRoom) -> None:
    async with watching(quiet_room, "hangs.example", DOMAIN) as watched, running(watched.watch):
        watched.server.mute |= {"hangs.example", "_dmarc.hangs.example"}
        await eventually(lambda: _is(watched, RecordState.RIGHT))


async def test_who_asks_for_a_check_waits_for_no_domain_whose_servers_are_silent(
    quiet_room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = [f"dead{n}.example" for n in range(3 * MAX_AT_ONCE)]
    async with watching(quiet_room, *dead, DOMAIN) as watched:
        hangs = watched.hang(*dead, monkeypatch=monkeypatch)
        async with running(watched.watch):
            await eventually(lambda: _asked(hangs, MAX_AT_ONCE))
            assert await watched.state() == ""  # it waits for its turn
            await quiet_room.desk.domain_checks.ask(operator(), DOMAIN)
            await eventually(lambda: _is(watched, RecordState.RIGHT))
            assert len(hangs) == MAX_AT_ONCE


async def test_a_domain_for_which_nobody_answers_is_checked_less_and_less_and_behind_others(
    quiet_room: PostRoom, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(quiet_room, "dead.example", DOMAIN) as watched:
        silent = DomainFindings(domain="dead.example", at=0, findings=(), complete=False)
        real = Checker.check

        async def check(self: Checker, facts: Facts) -> DomainFindings:
            if facts.domain == DOMAIN:
                return await real(self, facts)
            return silent.model_copy(update={"at": clock()})

        monkeypatch.setattr(Checker, "check", check)
        for hours in (1, 2, 4, 6, 6):
            await watched.watch.check("dead.example")
            await watched.watch.check(DOMAIN)
            clock.jump(EVERY_SECONDS * (hours - 0.7))
            assert "dead.example" not in await watched.watch.due()
            clock.jump(EVERY_SECONDS * 1.4)
            assert await watched.watch.due() == [DOMAIN, "dead.example"]


async def _asked(hangs: list[str], many: int) -> bool:
    return len(hangs) >= many


async def test_what_was_found_goes_with_the_domain(quiet_room: PostRoom) -> None:
    async with watching(quiet_room, DOMAIN) as watched:
        await watched.watch.check(DOMAIN)
        await watched.watch.due()
        await quiet_room.index.write(lambda con: con.execute("DELETE FROM own_domains"))
        assert await watched.watch.due() == []
        left = await quiet_room.index.read(
            lambda con: con.execute("SELECT count(*) FROM domain_findings").fetchone()[0]
        )
        assert left == 0


@pytest.mark.parametrize("asks", ["last", "again"])
async def test_a_domain_that_was_not_added_has_no_checks(quiet_room: PostRoom, asks: str) -> None:
    with pytest.raises(NotFound) as told:
        await getattr(quiet_room.desk.domain_checks, asks)(operator(), "other.example")
    assert told.value.code == "domain_unknown"


async def test_a_fault_of_ours_is_told_and_ends_no_worker(
    quiet_room: PostRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(quiet_room, DOMAIN) as watched:
        await watched.watch.check(DOMAIN)

        def fails(*_: object) -> None:
            raise ValueError("a stranger's words")

        monkeypatch.setattr("postroom.dns.checking.checking.judged", fails)
        await watched.watch.check(DOMAIN)
        assert "ValueError at" in caplog.text
        assert "stranger" not in caplog.text
        last = await quiet_room.desk.domain_checks.last(operator(), DOMAIN)
        assert any("its log says where" in (each.says or "") for each in last.findings)
        assert await watched.state() == RecordState.RIGHT
