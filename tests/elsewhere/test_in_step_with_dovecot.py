"""What a person does to a mailbox on Dovecot, and what the index makes of it."""

import asyncio
import imaplib
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from elsewhere import worlds
from elsewhere.frail_account import events, received, state
from elsewhere.worlds import World
from rooms import Agent, eventually, letter, rows
from servers.mail_host import MailHost
from work.fault_line import fault_line

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.work import vigil, watch

FIRST_SYNC = 3_000


@dataclass
class Box:
    """A mailbox on the host, its agent, and its owner's own mail program."""

    world: World
    room: PostRoom
    agent: Agent

    async def bring(self, *texts: str) -> None:
        host = self.world.host
        assert host is not None
        for text in texts:
            raw = letter(
                to=self.agent.address, text=text, id=f"{secrets.token_hex(6)}@customer.test"
            )
            await asyncio.to_thread(host.deliver, self.agent.address, raw)

    async def by_imap(self, act: Callable[[imaplib.IMAP4], None]) -> None:
        known = await self.room.desk.mailboxes.credentials(operator(), self.agent.address)
        host = self.world.host
        assert host is not None
        port = host.imap_port

        def talk() -> None:
            with imaplib.IMAP4("127.0.0.1", port) as imap:
                imap.login(self.agent.address, known.password)
                act(imap)

        await asyncio.to_thread(talk)

    async def ids(self) -> list[tuple[object, ...]]:
        question = (
            "SELECT g.text, m.public_id, m.in_spam FROM messages g JOIN mail m ON m.id = g.mail_id"
        )
        return sorted(
            await self.room.index.read(lambda con: rows(con, question)), key=lambda row: str(row)
        )

    async def gone(self) -> set[str]:
        """The words of mail that lies nowhere any more, as far as is known."""
        question = (
            "SELECT g.text FROM messages g WHERE NOT EXISTS"
            " (SELECT 1 FROM copies c WHERE c.mail_id = g.mail_id AND c.gone_at IS NULL)"
        )
        found = await self.room.index.read(lambda con: rows(con, question))
        return {str(text).strip() for (text,) in found}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks into other folders, and comparisons, every half a second."""
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.5)
    monkeypatch.setattr(watch, "COMPARE_SECONDS", 0.4)


@pytest.fixture
def world(tmp_path: Path, mail_host: MailHost) -> World:
    return worlds.on_directory(tmp_path, mail_host)


@pytest.fixture
async def box(world: World) -> AsyncIterator[Box]:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
        yield Box(world, room, ada)


async def there(room: PostRoom, *texts: str) -> bool:
    return sorted(await received(room)) == sorted(texts)


async def test_expunged_mail_stays_readable_and_is_marked(box: Box) -> None:
    await box.bring("One.", "Two.", "Three.")
    await eventually(lambda: there(box.room, "One.", "Two.", "Three."))

    def expunge(imap: imaplib.IMAP4) -> None:
        imap.select("INBOX")
        imap.store("2", "+FLAGS.SILENT", r"(\Deleted)")
        imap.expunge()

    await box.by_imap(expunge)

    async def marked() -> bool:
        return await box.gone() == {"Two."}

    await eventually(marked, 20)
    assert (await events(box.room)).count("message.expunged") == 1
    listed = await box.room.desk.reading.threads(box.agent.caller)
    assert len(listed.threads) == 3
    await box.bring("Four.")
    await eventually(lambda: there(box.room, "One.", "Two.", "Three.", "Four."))


async def test_mail_that_is_moved_to_junk_and_back_is_one_message(box: Box) -> None:
    await box.bring("Moved.")
    await eventually(lambda: there(box.room, "Moved."))
    before = await box.ids()

    def move(there: str, back: str) -> Callable[[imaplib.IMAP4], None]:
        def act(imap: imaplib.IMAP4) -> None:
            imap.create("Junk")
            imap.select(there)
            assert imap.copy("1", back)[0] == "OK"
            imap.store("1", "+FLAGS.SILENT", r"(\Deleted)")
            imap.expunge()

        return act

    for spam in (1, 0, 1, 0):
        await box.by_imap(move("INBOX", "Junk") if spam else move("Junk", "INBOX"))

        async def lies_there(spam: int = spam) -> bool:
            ((_, _, now),) = await box.ids()
            return now == spam

        await eventually(lies_there, 20)
    assert await box.ids() == before
    assert (await events(box.room)).count("message.received") == 1


async def test_a_folder_that_is_made_anew_brings_no_mail_twice_and_keeps_every_id(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
        box = Box(world, room, ada)
        await box.bring("One.", "Two.", "Three.")
        await eventually(lambda: there(room, "One.", "Two.", "Three."))
        before = await box.ids()
    assert world.host is not None
    for index in world.host.maildir(ada.address).glob("dovecot*"):
        shutil.rmtree(index) if index.is_dir() else index.unlink()
    for file in world.host.maildir(ada.address).glob("*/*"):
        if file.is_file() and b"Two." in file.read_bytes():
            file.unlink()
    made = time.time()  # Dovecot makes a UIDVALIDITY of the second
    await eventually(lambda: asyncio.sleep(0, time.time() >= made + 1))
    async with world.open() as room:
        box = Box(world, room, Agent(room, "ada", address=ada.address))
        await box.bring("Four.")
        await eventually(lambda: there(room, "One.", "Two.", "Three.", "Four."), 30)

        async def marked() -> bool:
            return await box.gone() == {"Two."}

        await eventually(marked, 20)
        assert set(before) < set(await box.ids())
        validities = "SELECT DISTINCT uidvalidity FROM copies WHERE folder = 'INBOX'"
        assert len(await room.index.read(lambda con: rows(con, validities))) == 2
        assert (await events(room)).count("message.expunged") == 1


async def test_a_mailbox_that_was_restored_from_a_backup_loses_no_new_mail(
    world: World, tmp_path: Path
) -> None:
    """Its UIDVALIDITY is that of before, and UIDs are given out again for other mail."""
    host = world.host
    assert host is not None
    backup = tmp_path / "backup"
    async with world.open() as room:
        ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
        await Box(world, room, ada).bring("One.", "Two.")
        await eventually(lambda: there(room, "One.", "Two."))
    inbox = host.maildir(ada.address)
    shutil.copytree(inbox, backup)
    async with world.open() as room:
        box = Box(world, room, Agent(room, "ada", address=ada.address))
        await box.bring("Three.", "Four.")
        await eventually(lambda: there(room, "One.", "Two.", "Three.", "Four."))
        before = await box.ids()
    shutil.rmtree(inbox)
    shutil.copytree(backup, inbox)
    for made in (inbox, *inbox.rglob("*")):
        shutil.chown(made, "mail", "mail")
    async with world.open() as room:
        box = Box(world, room, Agent(room, "ada", address=ada.address))
        await box.bring("Five.")
        await eventually(lambda: there(room, "One.", "Two.", "Three.", "Four.", "Five."), 30)

        async def marked() -> bool:
            return await box.gone() == {"Three.", "Four."}

        await eventually(marked, 20)
        assert set(before) < set(await box.ids())
        used = "SELECT count(DISTINCT mail_id) FROM copies WHERE uid = 3"
        assert await room.index.read(lambda con: rows(con, used)) == [(2,)]


async def test_a_first_sync_is_newest_first_in_order_and_goes_on_where_it_broke_off(
    world: World,
) -> None:
    """Through a line that breaks again and again; new mail is seen meanwhile, and old mail wakes
    nobody."""
    host = world.host
    assert host is not None
    name = f"ada-{secrets.token_hex(4)}"
    address = f"{name}@{host.domain}"
    fill(host, address, FIRST_SYNC)
    async with fault_line(host.imap_port) as line:
        line.break_after = 400_000
        domain = world.operator["domains"][host.domain]
        domain["imap"] = {**domain["imap"], "port": line.port}
        async with world.open() as room:
            ada = await Agent(room, "ada").open(name)
            box = Box(world, room, ada)
            waiting = asyncio.create_task(ada.wait(timeout=90))
            await eventually(lambda: at_least(room, 1), 30)
            first = await received(room)
            assert f"Mail {FIRST_SYNC}." in first
            assert "Mail 1." not in first
            await box.bring("New.")
            came = await waiting
            assert [m.untrusted_text for m in came.messages] == ["New."]
            assert not await at_least(room, FIRST_SYNC + 1)
            await eventually(lambda: at_least(room, FIRST_SYNC + 1), 90)
            assert line.broken >= 2
            wanted = [f"Mail {number}." for number in range(1, FIRST_SYNC + 1)] + ["New."]
            assert await received(room) == wanted
            by_id = "SELECT text FROM messages WHERE direction = 'received' ORDER BY mail_id"
            found = await room.index.read(lambda con: rows(con, by_id))
            assert [str(text).strip() for (text,) in found] == wanted
            told = await events(room)
            assert told.count("message.indexed") == FIRST_SYNC
            assert told.count("message.received") == 1
            listed = await room.desk.reading.threads(ada.caller, query="conversation")
            thread = await room.desk.reading.thread(ada.caller, listed.threads[0].thread_id)
            numbers = [str(m.untrusted_text) for m in thread.messages]
            assert numbers == sorted(numbers, key=lambda text: int(text[5:-1]))


async def at_least(room: PostRoom, count: int) -> bool:
    return len(await received(room)) >= count


def fill(host: MailHost, address: str, count: int) -> None:
    """A Maildir full of mail that came long ago, a second after one another; some of it is one
    conversation."""
    inbox = host.maildir(address)
    for part in ("new", "cur", "tmp"):
        (inbox / part).mkdir(parents=True)
    began = int(time.time()) - 30 * 86400
    for number in range(1, count + 1):
        follows = "root@customer.test" if number % 300 == 0 else ""
        raw = letter(
            to=address,
            text=f"Mail {number}.",
            id=f"{number}@customer.test",
            follows=follows,
            subject="One conversation" if follows else "A letter",
        )
        file = inbox / "cur" / f"{began + number}.M{number}P1.host,S={len(raw)}:2,S"
        file.write_bytes(raw)
        os.utime(file, (began + number, began + number))
    for made in (inbox.parent, *inbox.parent.rglob("*")):
        shutil.chown(made, "mail", "mail")


async def test_twenty_mailboxes_each_get_their_mail(world: World) -> None:
    async with world.open() as room:
        some = secrets.token_hex(3)
        boxes = [await Agent(room, "ada").open(f"box{number}-{some}") for number in range(20)]
        for agent in boxes:
            await state(room, "idle", agent.address, 40)
        for agent in boxes:
            await Box(world, room, agent).bring(f"For {agent.address}.")
        await eventually(lambda: at_least(room, len(boxes)), 30)
        assert sorted(await received(room)) == sorted(f"For {a.address}." for a in boxes)
