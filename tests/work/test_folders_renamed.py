"""Sent is what is called so: whatever a person makes of their folders, what they send is read."""

import asyncio
import imaplib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from servers.rooms import ADA, BEN, mailbox, opened, received, until
from work.test_watcher import at, credentials, letter, served, submit, watching

from postroom.build import PostRoom
from postroom.index import journal
from postroom.index.database import Connection
from postroom.index.ids import new_send_id
from postroom.model.events import EventType
from postroom.work import doorbell, vigil, watch
from postroom.work.doorbell import Doorbell

AWAY = "ben@agents.localhost"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "OURS_SECONDS", 0.05)
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.3)


def sent(subject: str) -> Callable[[Connection], bool]:
    asked = "SELECT 1 FROM messages WHERE direction = 'sent' AND subject = ?"
    return lambda con: con.execute(asked, (subject,)).fetchone() is not None


def problems(con: Connection) -> list[EventType]:
    return [e.type for e in journal.since(con, 0) if e.type is EventType.MAILBOX_PROBLEM]


async def ada_beside_ben(room: PostRoom) -> str:
    """Ada's address; Ben is there to be written to."""
    await mailbox(room, BEN)
    return await mailbox(room, ADA)


async def program(room: PostRoom, address: str, use: Callable[[imaplib.IMAP4], object]) -> None:
    """A person's mail program does this with a mailbox."""
    login = await credentials(room, address)

    def talk() -> None:
        with imaplib.IMAP4("127.0.0.1", login.imap_port) as client:
            client.login(login.user, login.password)
            use(client)

    await asyncio.to_thread(talk)


def done(answer: tuple[str, object]) -> None:
    assert answer[0] == "OK", answer


def sent_mail(address: str, subject: str) -> EmailMessage:
    return letter(address, AWAY, subject)


async def file_into(room: PostRoom, address: str, folder: str, subject: str) -> None:
    """A person's mail program files what it sent."""
    mail = bytes(sent_mail(address, subject))
    await program(room, address, lambda client: done(client.append(folder, "", "", mail)))


def rename_sent(client: imaplib.IMAP4) -> None:
    done(client.rename("Sent", "Sent-2025"))


def make_sent_anew(client: imaplib.IMAP4) -> None:
    done(client.delete("Sent"))
    done(client.create("Sent"))


@pytest.mark.parametrize("change", [rename_sent, make_sent_anew])
async def test_what_is_sent_after_sent_was_renamed_or_made_anew_is_read(
    tmp_path: Path, change: Callable[[imaplib.IMAP4], None]
) -> None:
    async with opened(tmp_path) as room:
        address = await ada_beside_ben(room)
        for before in ("First", "Second"):
            await submit(room, address, sent_mail(address, before))
            await until(room, sent(before))
        await program(room, address, change)
        for after in ("Third", "Fourth"):
            await submit(room, address, sent_mail(address, after))
            await until(room, sent(after))
        assert not await room.index.read(problems)


async def test_a_folder_that_is_renamed_to_sent_is_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        address = await ada_beside_ben(room)
        await submit(room, address, sent_mail(address, "Before"))
        await until(room, sent("Before"))

        def swap(client: imaplib.IMAP4) -> None:
            done(client.create("Mine"))
            done(client.append("Mine", "", "", bytes(sent_mail(address, "In mine"))))
            done(client.rename("Sent", "Yours"))
            done(client.rename("Mine", "Sent"))

        await program(room, address, swap)
        await until(room, sent("In mine"))

        def swap_back(client: imaplib.IMAP4) -> None:
            done(client.append("Yours", "", "", bytes(sent_mail(address, "In yours"))))
            done(client.rename("Sent", "Mine"))
            done(client.rename("Yours", "Sent"))

        await program(room, address, swap_back)
        await until(room, sent("In yours"))
        count = "SELECT count(*) FROM messages WHERE direction = 'sent'"
        assert await room.index.read(lambda con: con.execute(count).fetchone()[0]) == 3


async def test_inbox_is_read_on_when_sent_goes_away_as_it_is_about_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung, note = asyncio.Event(), Doorbell._note_sent

    def noted(bell: Doorbell, address: str) -> None:
        note(bell, address)
        rung.set()

    monkeypatch.setattr(doorbell, "OURS_SECONDS", 0.5)
    monkeypatch.setattr(Doorbell, "_note_sent", noted)
    async with opened(tmp_path) as room:
        address = await ada_beside_ben(room)

        copy = sent_mail(address, "Gone")
        del copy["Message-ID"]
        copy["Message-ID"] = f"<{new_send_id()}@agents.localhost>"  # ours: it may wait
        await submit(room, address, copy)
        await program(room, address, lambda client: done(client.delete("Sent")))
        await rung.wait()
        await submit(room, AWAY, letter(AWAY, address, "Here"))
        await until(room, received("Here"))
        assert not await room.index.read(problems)


@pytest.mark.parametrize("change", [rename_sent, make_sent_anew])
async def test_elsewhere_what_is_sent_after_sent_was_renamed_or_made_anew_is_read(
    tmp_path: Path, change: Callable[[imaplib.IMAP4], None]
) -> None:
    async with served(tmp_path) as (room, ports), watching(room, at(ports.imap)):
        address = await ada_beside_ben(room)
        await submit(room, address, sent_mail(address, "Before"))
        await until(room, sent("Before"))
        await program(room, address, change)
        await submit(room, address, sent_mail(address, "After"))
        await until(room, sent("After"))


async def test_elsewhere_sent_is_looked_for_under_another_name_when_it_is_gone(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (room, ports), watching(room, at(ports.imap)):
        address = await ada_beside_ben(room)
        await submit(room, address, sent_mail(address, "Before"))
        await until(room, sent("Before"))

        def rename_and_file(client: imaplib.IMAP4) -> None:
            done(client.rename("Sent", "Gesendet"))
            done(client.append("Gesendet", "", "", bytes(sent_mail(address, "After"))))

        await program(room, address, rename_and_file)
        await until(room, sent("After"))


async def test_elsewhere_another_folder_for_sent_mail_is_found_when_folders_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "COMPARE_SECONDS", 0.5)
    async with served(tmp_path) as (room, ports), watching(room, at(ports.imap)):
        address = await ada_beside_ben(room)
        await program(room, address, lambda client: done(client.rename("Sent", "Gesendet")))
        await file_into(room, address, "Gesendet", "Before")
        await until(room, sent("Before"))
        # By what the server says it is Sent from now on, and the other one is still there.
        await program(room, address, lambda client: done(client.create("Sent")))
        await file_into(room, address, "Sent", "After")
        await until(room, sent("After"))
