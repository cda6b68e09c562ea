"""Mailboxes that are rows of a table: what happens while it cannot be written, and at their end."""

import asyncio
import contextlib
import imaplib
import secrets
import smtplib
import sqlite3
import time
from pathlib import Path

import pytest
from elsewhere import worlds
from elsewhere.frail_account import events, problem, received, state, well_again
from elsewhere.worlds import World
from rooms import Agent, eventually, letter, rows
from servers.mail_host import MailHost

from postroom.build import PostRoom
from postroom.desk.mailboxes import mailboxes
from postroom.model.callers import operator
from postroom.provision.directory_table import SCHEMA, TABLE, Row
from postroom.provision.sqlite_table import SqliteTable
from postroom.work import provisioning
from postroom.work.provisioning import AT_ONCE, LONGEST_PAUSE
from postroom.work.tries import Tries


@pytest.fixture
def world(tmp_path: Path, mail_host: MailHost) -> World:
    return worlds.on_directory(tmp_path, mail_host)


def table(world: World) -> Path:
    domain = world.operator["domains"][world.operator["domain"]]
    return Path(domain["database"]["sqlite"])


def elsewhere(world: World, path: Path) -> None:
    """The domain's table lies there from now on."""
    domain = world.operator["domains"][world.operator["domain"]]
    domain["database"] = {"sqlite": str(path)}


async def status(room: PostRoom, address: str) -> str:
    found = await room.index.read(
        lambda con: rows(con, "SELECT status FROM mailboxes WHERE address = ?", address)
    )
    return str(found[0][0])


async def becomes(room: PostRoom, address: str, wanted: str, seconds: float = 20) -> None:
    async def there() -> bool:
        return await status(room, address) == wanted

    await eventually(there, seconds)


def row_of(world: World, address: str) -> tuple[int, str] | None:
    """Whether the mailbox is active, and its hash, as the servers see it."""
    con = sqlite3.connect(table(world))
    try:
        question = "SELECT active, password FROM postroom_mailboxes WHERE address = ?"
        found: tuple[int, str] | None = con.execute(question, (address,)).fetchone()
        return found
    finally:
        con.close()


def logs_in(host: MailHost, address: str, password: str) -> bool:
    with imaplib.IMAP4("127.0.0.1", host.imap_port) as imap:
        try:
            return imap.login(address, password)[0] == "OK"
        except imaplib.IMAP4.error:
            return False


async def password(room: PostRoom, address: str) -> str:
    question = "SELECT password FROM mailboxes WHERE address = ?"
    found = await room.index.read(lambda con: rows(con, question, address))
    return str(found[0][0])


async def test_a_mailbox_is_provisioning_with_its_problem_until_its_folder_is_there(
    world: World, tmp_path: Path
) -> None:
    elsewhere(world, tmp_path / "absent" / "directory.db")
    async with world.open() as room:
        agent = Agent(room, "ada")
        made = await room.desk.mailboxes.create(agent.caller, "ada")
        assert made.status == "provisioning"
        assert "cannot be written" in made.next_step
        agent.address = made.address
        await problem(agent, f"The directory {tmp_path}/absent/directory.db cannot be written")
        (tmp_path / "absent").mkdir()
        await becomes(room, made.address, "live")
        await well_again(agent)
        assert row_of(world, made.address) is not None
        assert (await events(room)).count("mailbox.live") == 1


def changes(path: Path) -> int:
    """How many transactions have changed a database file (SQLite's file format, §1.3.7)."""
    return int.from_bytes(path.read_bytes()[24:28], "big")


async def make_while_absent(room: PostRoom, names: list[str]) -> list[str]:
    """The addresses of mailboxes that are made while their table cannot be."""
    agent = Agent(room, "ada")
    made = await asyncio.gather(*(room.desk.mailboxes.create(agent.caller, name) for name in names))
    assert {one.status for one in made} == {"provisioning"}
    return [one.address for one in made]


async def test_many_mailboxes_are_made_in_few_transactions_and_each_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "absent" / "directory.db"
    elsewhere(world, path)
    async with world.open() as room:
        made = await make_while_absent(room, [f"ada{number}" for number in range(AT_ONCE + 20)])
        path.parent.mkdir()
        for address in made:
            await becomes(room, address, "live")
            assert row_of(world, address) is not None
        assert (await events(room)).count("mailbox.live") == len(made)
        assert changes(path) < 10
        # The machine may be busy; and yet nobody waits as long as for a table that is absent.
        monkeypatch.setattr(mailboxes, "PROVISION_PATIENCE_SECONDS", LONGEST_PAUSE - 1)
        alone = await room.desk.mailboxes.create(Agent(room, "ada").caller, "alone")
        assert alone.status == "live"


async def test_a_directory_that_cannot_be_had_is_tried_once_for_all_and_each_is_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def put(table: SqliteTable, *rows: Row) -> None:
        tried.append(len(rows))
        real_put(table, *rows)

    real_put = SqliteTable.put
    monkeypatch.setattr(SqliteTable, "put", put)
    path = tmp_path / "absent" / "directory.db"
    elsewhere(world, path)
    async with world.open() as room:
        made = await make_while_absent(room, [f"ada{number}" for number in range(20)])
        ada = Agent(room, "ada")
        for ada.address in made:
            await problem(ada, f"The directory {path} cannot be written")
        await eventually(lambda: asyncio.sleep(0, 20 in tried), 20)
        together = tried.index(20)
        path.parent.mkdir()
        for address in made:
            await becomes(room, address, "live")
        assert set(tried[together:]) == {20}


async def test_a_mailbox_that_its_table_refuses_holds_up_none_that_are_made_with_it(
    world: World, tmp_path: Path
) -> None:
    ready, path = tmp_path / "ready", tmp_path / "absent" / "directory.db"
    ready.mkdir()
    with contextlib.closing(sqlite3.connect(ready / path.name)) as con:
        con.execute(SCHEMA)
        con.execute(
            f"CREATE TRIGGER refused BEFORE INSERT ON {TABLE} WHEN new.address LIKE 'bad%'"
            " BEGIN SELECT raise(ABORT, 'not this one'); END"
        )
    elsewhere(world, path)
    async with world.open() as room:
        one, bad, two = await make_while_absent(room, ["ada", "bad", "cam"])
        ready.rename(path.parent)
        await becomes(room, one, "live")
        await becomes(room, two, "live")
        assert row_of(world, bad) is None
        assert await status(room, bad) == "provisioning"
        refused = Agent(room, "ada")
        refused.address = bad
        await problem(refused, f"The directory {path} refuses it: not this one")


async def test_a_table_that_is_locked_is_waited_for(world: World, tmp_path: Path) -> None:
    elsewhere(world, tmp_path / "directory.db")
    holder = sqlite3.connect(tmp_path / "directory.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        async with world.open() as room:
            agent = Agent(room, "ada")
            made = await room.desk.mailboxes.create(agent.caller, "ada")
            assert made.status == "provisioning"
            agent.address = made.address
            await problem(agent, f"The directory {tmp_path}/directory.db cannot be written")
            holder.execute("ROLLBACK")
            await becomes(room, made.address, "live")
    finally:
        holder.close()


async def test_a_file_that_is_no_database_is_told_and_mended(world: World, tmp_path: Path) -> None:
    elsewhere(world, tmp_path / "directory.db")
    (tmp_path / "directory.db").write_bytes(b"This is no database at all." * 100)
    async with world.open() as room:
        agent = Agent(room, "ada")
        made = await room.desk.mailboxes.create(agent.caller, "ada")
        agent.address = made.address
        await problem(agent, f"The directory {tmp_path}/directory.db cannot be written")
        (tmp_path / "directory.db").unlink()
        await becomes(room, made.address, "live")


async def test_a_table_that_cannot_be_written_keeps_no_other_domain_waiting(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "LONGEST_PAUSE", 3600.0)
    monkeypatch.setattr(Tries, "failed", lambda _: 3600.0)  # and who waits for it, in vain
    good = world.operator["domain"]
    bad = {
        **world.operator["domains"][good],
        "database": {"sqlite": str(tmp_path / "absent" / "directory.db")},
    }
    world.operator["domains"]["bad.test"] = bad
    async with world.open() as room:
        agent = Agent(room, "ada")
        for number in range(3):
            await room.desk.mailboxes.create(agent.caller, f"bad{number}", domain="bad.test")
        monkeypatch.setattr(mailboxes, "PROVISION_PATIENCE_SECONDS", 30.0)
        for _ in range(4):
            made = await room.desk.mailboxes.create(agent.caller, f"ada-{secrets.token_hex(4)}")
            assert made.status == "live"


async def test_an_expired_mailbox_is_retired_and_can_be_read_and_a_deleted_one_is_gone(
    world: World,
) -> None:
    host = world.host
    assert host is not None
    async with world.open() as room:
        agent = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}", expires_in="1h")
        secret = await password(room, agent.address)
        world.clock.jump(3601)
        await becomes(room, agent.address, "expired")

        async def retired() -> bool:
            row = await asyncio.to_thread(row_of, world, agent.address)
            return row is not None and row[0] == 0

        await eventually(retired)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await asyncio.to_thread(
                world.bring, agent.address, letter(to=agent.address, text="Late.")
            )
        assert await asyncio.to_thread(logs_in, host, agent.address, secret)
        await room.desk.mailboxes.delete(operator(), agent.address)

        async def removed() -> bool:
            return await asyncio.to_thread(row_of, world, agent.address) is None

        await eventually(removed)


async def test_a_mailbox_that_is_taken_back_has_a_new_password_and_its_old_mail_wakes_nobody(
    world: World,
) -> None:
    """Its server keeps the mail of before; the room has purged it."""
    world.operator["retention_days"] = 0
    host = world.host
    assert host is not None
    name = f"ada-{secrets.token_hex(4)}"
    async with world.open() as room:
        agent = await Agent(room, "ada").open(name, expires_in="1h")
        first = await password(room, agent.address)
        old = letter(to=agent.address, text="Of before.", id=f"{name}@customer.test")
        await asyncio.to_thread(world.bring, agent.address, old)
        await agent.wait(timeout=20)
        world.clock.jump(3700)
        purged = "SELECT 1 FROM mailboxes WHERE purged_at IS NOT NULL"

        async def is_purged() -> bool:
            return bool(await room.index.read(lambda con: rows(con, purged)))

        await eventually(is_purged, 20)
        again = await Agent(room, "ada").open(name, expires_in="1h")
        assert again.address == agent.address
        await becomes(room, agent.address, "live")
        second = await password(room, agent.address)
        assert second != first
        assert await asyncio.to_thread(logs_in, host, agent.address, second)
        # The host's clock has not jumped; the room's has, and mail of now is of an hour ago to it.
        assert (await again.wait(timeout=3)).outcome == "timeout"
        assert (await events(room)).count("message.received") == 1


async def test_a_mailbox_that_is_taken_back_before_its_server_heard_of_its_end_becomes_live(
    world: World, tmp_path: Path
) -> None:
    elsewhere(world, tmp_path / "directory.db")
    async with world.open() as room:
        agent = await Agent(room, "ada").open("ada", expires_in="1h")
        holder = sqlite3.connect(tmp_path / "directory.db", isolation_level=None)
        try:
            holder.execute("BEGIN EXCLUSIVE")
            world.clock.jump(3601)
            await becomes(room, agent.address, "expired")
            made = await room.desk.mailboxes.create(agent.caller, "ada")
            assert made.status == "provisioning"
            before = row_now(holder, agent.address)
            holder.execute("ROLLBACK")
        finally:
            holder.close()
        await becomes(room, agent.address, "live")
        after = row_of(world, agent.address)
        assert after is not None
        assert after[0] == 1
        assert after[1] != before
        assert not await received(room)


def row_now(con: sqlite3.Connection, address: str) -> str:
    question = "SELECT password FROM postroom_mailboxes WHERE address = ?"
    return str(con.execute(question, (address,)).fetchone()[0])


async def test_a_mailbox_whose_login_is_refused_does_not_slow_the_others(world: World) -> None:
    host = world.host
    assert host is not None
    async with world.open() as room:
        some = secrets.token_hex(4)
        ada = await Agent(room, "ada").open(f"ada-{some}")
        ben = await Agent(room, "ben").open(f"ben-{some}")
        good = await password(room, ada.address)
    host.add(ada.address, "another")
    async with world.open() as room:
        ada, ben = (Agent(room, a.name, address=a.address) for a in (ada, ben))
        await problem(ada, "The mail server refuses the login. Since 20")
        waiting = asyncio.create_task(ben.wait(timeout=20))
        await state(room, "idle", ben.address)
        begun = time.monotonic()
        await asyncio.to_thread(world.bring, ben.address, letter(to=ben.address, text="Quick."))
        assert [m.untrusted_text for m in (await waiting).messages] == ["Quick."]
        assert time.monotonic() - begun < 10
        host.add(ada.address, good)
        await well_again(ada, 60)
