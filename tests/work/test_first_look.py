"""A first look, newest first, that somebody disturbs before it has come down."""

import asyncio
import imaplib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers.frail_imap import frail_imap
from servers.rooms import ADA, mailbox, opened, received, until
from work.test_watcher import at, credentials, letter, served, submit, watching

from postroom.imap.account import ImapLogin
from postroom.index import folders
from postroom.index.database import Connection
from postroom.index.folders import Folder, Progress
from postroom.model.servers import Security
from postroom.work import folder_reader, mailserver
from postroom.work.intake import Intake

MAILS = 40
BATCH = 10


class Gate:
    """Lets one batch into the index, and the others once it is open."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self._taken = 0
        self._take = Intake.take

    async def take(self, intake: Intake, *asked: Any, **more: Any) -> None:
        self._taken += 1
        if self._taken > 1:
            await self.open.wait()
        await self._take(intake, *asked, **more)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """No look comes further than its first batch, of a folder that counts as large."""
    gate = Gate()
    monkeypatch.setattr(folder_reader, "SMALL_FOLDER", BATCH)
    monkeypatch.setattr(folder_reader, "BATCH_MESSAGES", BATCH)
    monkeypatch.setattr(Intake, "take", lambda *asked, **more: gate.take(*asked, **more))
    return gate


async def home_with_mail(home: Path) -> str:
    """The address of a mailbox whose mail nobody has read yet."""
    async with served(home) as (room, _):
        address = await mailbox(room, ADA)
        await submit(room, address, *(letter(address, address, "Old") for _ in range(MAILS)))
    return address


def so_many(count: int) -> Callable[[Connection], bool]:
    return lambda con: len(received("Old")(con)) == count


async def test_nothing_leaves_an_inbox_that_a_first_look_has_not_come_down_to(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailserver, "READING_SECONDS", 0.2)
    address = await home_with_mail(tmp_path)
    async with opened(tmp_path) as room:
        known = await credentials(room, address)

        def move(uids: str) -> tuple[str, bytes]:
            with imaplib.IMAP4("127.0.0.1", known.imap_port) as client:
                client.login(known.user, known.password)
                client.select("INBOX")
                status, said = client.uid("MOVE", uids, "Trash")
                return status, said[0] or b""

        await until(room, so_many(BATCH))
        status, said = await asyncio.to_thread(move, f"1:{MAILS // 2}")
        assert status == "NO"
        assert b"[INUSE]" in said
        assert (await asyncio.to_thread(move, f"{MAILS}"))[0] == "OK"
        gate.open.set()
        await until(room, so_many(MAILS))
        assert (await asyncio.to_thread(move, f"1:{MAILS // 2}"))[0] == "OK"


async def test_a_first_look_that_ends_halfway_goes_on_at_the_next_start(
    tmp_path: Path, gate: Gate
) -> None:
    await home_with_mail(tmp_path)
    async with opened(tmp_path) as room:
        await until(room, so_many(BATCH))
    gate.open.set()
    async with opened(tmp_path) as room:
        await until(room, so_many(MAILS))


async def test_a_first_look_elsewhere_that_ends_halfway_goes_on_with_the_next_watcher(
    tmp_path: Path, gate: Gate
) -> None:
    await home_with_mail(tmp_path)
    async with served(tmp_path) as (room, ports):
        async with watching(room, at(ports.imap)):
            await until(room, so_many(BATCH))
        gate.open.set()
        async with watching(room, at(ports.imap)):
            await until(room, so_many(MAILS))


async def test_what_was_read_under_another_numbering_is_to_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailserver, "READING_SECONDS", 0.0)
    async with opened(tmp_path, working=False) as room:
        address = await mailbox(room, ADA)
        inbox = Folder(1, "builtin", "INBOX", 7)
        reading = mailserver.IndexReading(room.index)

        async def read(progress: Progress, uidvalidity: int = 7) -> list[int]:
            await room.index.write(lambda con: folders.keep_progress(con, inbox, progress))
            return await reading.has_read(address, uidvalidity, [1, 4, 5, 6])

        assert await read(Progress(last_uid=5)) == [1, 4, 5]
        assert await read(Progress(last_uid=5, down_to=6)) == []
        assert await read(Progress(last_uid=5, down_to=4)) == [4, 5]
        assert await read(Progress(last_uid=5), uidvalidity=8) == []


async def test_a_first_look_that_breaks_halfway_takes_none_of_what_was_there_for_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_reader, "BATCH_MESSAGES", 2)
    async with opened(tmp_path, working=False) as room, frail_imap() as imap:
        address = await mailbox(room, ADA)
        for number in range(6):
            imap.deliver(bytes(letter(address, address, f"Old {number}")), at=time.time() - 3600)
        imap.fatal = {5}

        def login(address: str, password: str) -> ImapLogin:
            security = Security.NONE
            return ImapLogin("127.0.0.1", imap.port, address, imap.password, security)

        async with watching(room, login):
            await until(room, so_many_events("message.indexed", 4))
            imap.fatal = set()
            await until(room, so_many_events("message.indexed", 6), 20)
            imap.deliver(bytes(letter(address, address, "New")))
            await until(room, so_many_events("message.received", 1), 20)


def so_many_events(kind: str, count: int) -> Callable[[Connection], bool]:
    asked = "SELECT count(*) FROM journal WHERE type = ?"
    return lambda con: con.execute(asked, (kind,)).fetchone()[0] == count
