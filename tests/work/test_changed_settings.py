"""postroom.toml changes beneath a worker, which read it when it began."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rooms import Agent

from postroom.accounts.own_domain import OwnDomain
from postroom.build import PostRoom, open_room
from postroom.dns.checking.checking import Facts
from postroom.index import domains, journal
from postroom.model.answers import Check
from postroom.model.callers import operator
from postroom.model.domain_checks import DomainFindings
from postroom.model.errors import InvalidRequest
from postroom.settings import CONFIG_FILE, Settings, load
from postroom.work import outcomes
from postroom.work.domains.watching import DomainWatch
from postroom.work.term import Term

BEFORE = 'retention_days = 10\ndomain = "first.localhost"\n'

AFTER = """
domain = "first.localhost"
[domains."first.localhost"]
provisioner = "builtin"
[domains."second.localhost"]
provisioner = "builtin"
"""


def said(home: Path, text: str) -> Settings:
    """The settings of a program that starts once the file says ``text``."""
    (home / CONFIG_FILE).write_text(text)
    return load(home)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[PostRoom]:
    async with open_room(settings, program="serve") as room:
        await room.worker.start()
        assert await room.worker.settled(10)
        yield room


async def told(room: PostRoom) -> Check | None:
    """What doctor says of the settings, if anything."""
    checks = (await room.desk.health.report(operator())).checks
    return next((check for check in checks if check.name == "settings"), None)


async def test_doctor_says_that_the_file_has_changed_since_the_worker_started(
    tmp_path: Path,
) -> None:
    worker = said(tmp_path, BEFORE)
    async with working(worker), open_room(said(tmp_path, AFTER), program="doctor") as room:
        check = await told(room)
        assert check is not None
        assert not check.ok
        process = f"process {os.getpid()}"
        assert check.says == f"postroom.toml has changed since the worker ({process}) started"
        assert f"Start it anew: `postroom serve` is {process}" in (check.next_step or "")
    async with working(load(tmp_path)) as room:
        again = await told(room)
        assert again is not None
        assert again.ok


async def test_what_means_the_same_is_no_change(tmp_path: Path) -> None:
    same = '# why\ndomain = "first.localhost"\n\nretention_days = 10\n'
    worker = said(tmp_path, BEFORE)
    async with working(worker), open_room(said(tmp_path, same), program="doctor") as room:
        check = await told(room)
        assert check is not None
        assert check.ok


async def test_while_no_worker_runs_nothing_is_said_of_its_settings(tmp_path: Path) -> None:
    async with open_room(said(tmp_path, BEFORE), program="doctor") as room:
        assert await told(room) is None


async def test_a_mailbox_in_a_domain_that_the_worker_has_never_heard_of_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "UNPREPARED_SECONDS", 1.0)
    worker = said(tmp_path, BEFORE)
    async with working(worker), open_room(said(tmp_path, AFTER), program="mcp") as room:
        caller = Agent(room, "ada").caller
        made = await room.desk.mailboxes.create(caller, "ada", domain="second.localhost")
        assert "before postroom.toml named second.localhost" in made.next_step
        assert f"process {os.getpid()}" in made.next_step
        known = await room.desk.mailboxes.create(caller, "ada", domain="first.localhost")
        assert "before postroom.toml" not in known.next_step
        sent = await Agent(room, "ada", address=made.address).send(to=made.address)
        assert sent.status == "queued"
        assert "did not name second.localhost when the worker" in (sent.reason or "")
        assert "start the worker anew" in (sent.reason or "")
    async with working(load(tmp_path)) as room:
        ada = Agent(room, "ada", address=made.address)
        assert (await ada.wait(timeout=60)).outcome == "reply"


async def test_a_program_that_is_older_than_a_domain_says_so(tmp_path: Path) -> None:
    async with open_room(said(tmp_path, BEFORE), program="mcp") as room:
        caller = Agent(room, "ada").caller
        with pytest.raises(InvalidRequest) as unknown:
            await room.desk.mailboxes.create(caller, "ada", domain="second.localhost")
        assert unknown.value.code == "domain_unknown"
        said(tmp_path, AFTER)
        with pytest.raises(InvalidRequest) as newer:
            await room.desk.mailboxes.create(caller, "ada", domain="second.localhost")
        assert newer.value.code == "domain_newer"
        assert "start it anew" in newer.value.next_step
        (tmp_path / CONFIG_FILE).write_text("no settings at all [")
        with pytest.raises(InvalidRequest) as broken:
            await room.desk.mailboxes.create(caller, "ada", domain="second.localhost")
        assert broken.value.code == "domain_unknown"


async def test_a_webhook_that_fails_says_that_the_file_has_changed_since(tmp_path: Path) -> None:
    worker = said(tmp_path, BEFORE)
    changed = f'{BEFORE}[webhooks]\nallow = ["127.0.0.1:9"]\n'
    async with working(worker), open_room(said(tmp_path, changed), program="cli") as room:
        made = await room.desk.webhooks.create(operator(), "http://127.0.0.1:9/")
        assert made.webhook.problem is None
        tested = await room.desk.webhooks.test(operator(), made.webhook.webhook_id)
        assert tested.delivery is not None
        assert "url_scheme_refused" in (tested.delivery.fault or "")
        assert "has changed since the worker" in (tested.next_step or "")
        shown = await room.desk.webhooks.show(operator(), made.webhook.webhook_id)
        while not shown.failing_since:
            change = room.index.next_change()
            await Agent(room, "ada").open()
            await change.wait()
            shown = await room.desk.webhooks.show(operator(), made.webhook.webhook_id)
        assert "has changed since the worker" in (shown.problem or "")
        (listed,) = (await room.desk.webhooks.list(operator())).webhooks
        assert listed.problem == shown.problem


async def test_what_is_said_of_own_domains_holds_at_once_in_a_room_that_is_open(
    tmp_path: Path,
) -> None:
    name, head = "later.example.com", '[dns."later.example.com"]\n'
    async with working(said(tmp_path, BEFORE)) as room:
        desk = room.desk
        (tmp_path / CONFIG_FILE).write_text(f'{BEFORE}{head}mx = ["a.example.com"]\n')
        await desk.domains.add(operator(), name)

        async def exchangers() -> list[tuple[str, ...]]:
            told = await desk.domains.records(operator(), name)
            return [each.values for each in told.records if each.type == "MX"]

        assert await exchangers() == [("10 a.example.com.",)]
        facts = await desk.domain_checks.facts(operator(), name)
        assert facts.own.mx == ("a.example.com",)
        assert name in await desk.domain_reports.domains(operator())
        (tmp_path / CONFIG_FILE).write_text(f'{BEFORE}{head}mx = ["b.example.com"]\n')
        assert await exchangers() == [("10 b.example.com.",)]
        (tmp_path / CONFIG_FILE).write_text("no [toml")
        assert await exchangers() == [("10 b.example.com.",)]
        # Nobody has to start anew for that.
        (tmp_path / CONFIG_FILE).write_text(f"{BEFORE}{head}")
        async with open_room(load(tmp_path), program="doctor") as other:
            check = await told(other)
            assert check is not None
            assert check.ok


async def test_a_running_worker_checks_by_what_is_said_of_a_domain_now(
    quiet_room: PostRoom, tmp_path: Path
) -> None:
    name, file = "later.example.com", tmp_path / CONFIG_FILE
    settings = said(tmp_path, BEFORE)
    checked: list[OwnDomain] = []

    class Checker:
        async def check(self, facts: Facts) -> DomainFindings:
            checked.append(facts.own)
            return DomainFindings(domain=name, at=quiet_room.index.clock(), findings=())

    async def no_samples(_: str) -> dict[str, bytes]:
        return {}

    number = await quiet_room.index.write(lambda con: journal.begin_term(con, 1.0, 1, "test"))
    await quiet_room.index.write(lambda con: domains.add(con, 1.0, name))
    checker: Any = Checker()
    watch = DomainWatch(
        Term(quiet_room.index, number),
        settings.own_domains,
        settings.operator.provider_of,
        lambda: checker,
        no_samples,
    )
    for host in ("a.example.com", "b.example.com"):
        file.write_text(f'{BEFORE}[dns."{name}"]\nmx = ["{host}"]\n')
        assert await watch.due() == [name]
        await watch.check(name)
        assert await watch.due() == []
    assert [each.mx for each in checked] == [("a.example.com",), ("b.example.com",)]
