"""How the table of a directory stands, as an operator is told: before any mailbox, by itself."""

from pathlib import Path
from typing import Any

import pytest
from elsewhere.conftest import settings_of
from provision.silent_postgres import Stage, silent_postgres
from rooms import PATIENCE, Agent, TestClock, eventually
from servers import postroom_processes as processes
from servers.postgres import Postgres

from postroom.build import PostRoom, open_room
from postroom.model.answers import Check
from postroom.model.callers import operator
from postroom.work import directories

VARIABLE = "DIRECTORY_OF_TEST"
DOMAIN = "pg.test"


def said(database: dict[str, Any]) -> dict[str, Any]:
    """What an operator writes; no mail server is there, since none is asked."""
    server = {"host": "127.0.0.1", "port": 1, "security": "none"}
    served = {"provisioner": "directory", "database": database, "imap": server, "smtp": server}
    return {"domains": {DOMAIN: served}, "domain": DOMAIN}


def in_postgres() -> dict[str, Any]:
    return said({"postgresql": {"env": VARIABLE}})


async def table(room: PostRoom) -> Check:
    """What doctor says of the directory."""
    checks = (await room.desk.health.report(operator())).checks
    (found,) = [check for check in checks if check.name == f"directory {DOMAIN}"]
    return found


async def told(room: PostRoom, words: str, *, well: bool = False) -> Check:
    """The same, once it says ``words``."""

    found: list[Check] = []

    async def says() -> bool:
        found[:] = [await table(room)]
        return words in found[0].says and found[0].ok is well

    await eventually(says, 30)
    return found[0]


async def test_a_secret_that_is_missing_is_told_before_the_first_mailbox_and_mended_by_itself(
    tmp_path: Path, clock: TestClock, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = postgres.directory()
    settings = settings_of(tmp_path / "home", in_postgres())
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(PATIENCE)
        down = await told(room, f"The environment variable {VARIABLE} is not set. Set it where")
        assert down.says.startswith("down since ")
        assert f"postroom accounts check {DOMAIN}" in (down.next_step or "")
        (host,) = (await room.desk.accounts.list(operator())).directories
        assert host.table.state == "down"
        monkeypatch.setenv(VARIABLE, made.table.conninfo)
        ready = await told(room, "ready since ", well=True)
        assert ready.next_step is None


async def test_each_fault_of_the_database_is_told_as_it_comes_and_goes(
    tmp_path: Path,
    clock: TestClock,
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(directories, "LOOK_SECONDS", 0.1)
    good = postgres.directory().table.conninfo
    monkeypatch.setenv(VARIABLE, good)
    settings = settings_of(tmp_path / "home", in_postgres())
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        await told(room, "ready since ", well=True)
        for conninfo, words in (
            (good.replace(postgres.password, "wrong"), "refuses the login"),
            (postgres.conninfo("nowhere"), "no database of the name"),
            (postgres.conninfo(), "Run the directory.sql"),
            ("host=127.0.0.1 port=1 user=x", "the connection is refused"),
        ):
            monkeypatch.setenv(VARIABLE, conninfo)
            down = await told(room, words)
            assert "password" not in down.says.replace("user and password", "")
            assert postgres.password not in down.says
            monkeypatch.setenv(VARIABLE, good)
            await told(room, "ready since ", well=True)


async def test_a_mailbox_that_cannot_be_made_shows_that_its_table_is_down(
    tmp_path: Path, clock: TestClock
) -> None:
    """At once, not at the next look."""
    folder = tmp_path / "there"
    folder.mkdir()
    settings = settings_of(tmp_path / "home", said({"sqlite": str(folder / "directory.db")}))
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        await told(room, "ready since ", well=True)
        (folder / "directory.db").unlink()
        folder.rmdir()
        ada = await room.desk.mailboxes.create(Agent(room, "ada").caller, "ada")
        assert ada.status == "provisioning"
        await told(room, "cannot be written")
        folder.mkdir()
        await told(room, "ready since ", well=True)


async def test_a_new_worker_tries_the_table_anew_and_without_one_it_is_told_as_it_was(
    tmp_path: Path, clock: TestClock
) -> None:
    settings = settings_of(tmp_path / "home", said({"sqlite": str(tmp_path / "directory.db")}))
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        before = await told(room, "ready since ", well=True)
    clock.jump(600)
    async with open_room(settings, program="test", clock=clock) as room:
        aside = await table(room)
        assert aside.because == "worker"
        assert aside.says == f"not tried now; was {before.says}"
        await room.worker.start()

        async def anew() -> bool:
            after = await table(room)
            return after.ok and after.says != before.says

        await eventually(anew, 30)


async def test_a_database_that_falls_silent_keeps_no_worker_from_ending(tmp_path: Path) -> None:
    """Its client goes, and another process takes over."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with silent_postgres(Stage.READY) as server:
        (home / "conninfo").write_text(server.conninfo)
        (home / "conninfo").chmod(0o600)
        (home / "postroom.toml").write_text(
            f"""
domain = "agents.localhost"

[domains."{DOMAIN}"]
provisioner = "directory"
database = {{ postgresql = {{ file = "conninfo" }} }}
imap = {{ host = "127.0.0.1", port = 1, security = "none" }}
smtp = {{ host = "127.0.0.1", port = 1, security = "none" }}
"""
        )
        async with processes.started(home, "ada") as one:
            await one.done("create_mailbox", username="ada")
            made = await one.done("create_mailbox", username="slow", domain=DOMAIN)
            assert made["status"] == "provisioning"
            async with processes.started(home, "ben") as two:
                await two.done("list_mailboxes")
                assert processes.working(home, two.pid)
                one.hang_up()
                await processes.eventually(lambda: processes.working(home, one.pid), 40)
                assert await one.ended(40) == 0
                await two.done("create_mailbox", username="late")
