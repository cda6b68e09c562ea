"""The watcher: every mail is found, whatever happens to connections, mailboxes and workers."""

import asyncio
import contextlib
import imaplib
import smtplib
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from servers.rooms import (
    ADA,
    BEN,
    JumpClock,
    drop_off,
    mailbox,
    opened,
    received,
    send,
    until,
)
from ways import LoginOf, OtherWay
from work.lossy_line import lossy_line

from postroom.build import PostRoom
from postroom.embedded.server import Ports
from postroom.imap.account import ImapLogin
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.work import mailserver, sources
from postroom.work.attention import Attention
from postroom.work.intake import Intake
from postroom.work.looks import Looks
from postroom.work.term import Term
from postroom.work.watcher import Watcher

OPERATOR = operator()


async def credentials(room: PostRoom, address: str) -> Any:
    return await room.desk.mailboxes.credentials(OPERATOR, address)


async def submit(room: PostRoom, address: str, *mails: EmailMessage) -> None:
    """A human's mail program sends these from a mailbox."""
    known = await credentials(room, address)

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", known.smtp_port) as smtp:
            smtp.login(known.user, known.password)
            for mail in mails:
                smtp.send_message(mail)

    await asyncio.to_thread(talk)


def letter(sender: str, to: str, subject: str, text: str = "Hello.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail.set_content(text)
    return mail


def problem(address: str) -> Callable[[Connection], str]:
    def look(con: Connection) -> str:
        row = con.execute("SELECT problem FROM mailboxes WHERE address = ?", (address,)).fetchone()
        return str(row["problem"])

    return look


async def begin_term(room: PostRoom) -> Term:
    number = await room.index.write(lambda con: journal.begin_term(con, 0.0, 1, "test"))
    return Term(room.index, number)


@asynccontextmanager
async def served(home: Path, **asked: Any) -> AsyncIterator[tuple[PostRoom, Ports]]:
    """A room with its mail server, and nobody who watches."""
    async with opened(home, working=False, **asked) as room:
        server, ports = await mailserver.start(await begin_term(room), room.settings)
        try:
            yield room, ports
        finally:
            await server.stop()


@asynccontextmanager
async def watching(room: PostRoom, login: LoginOf) -> AsyncIterator[None]:
    """Mailboxes are watched as on a server elsewhere: a connection for each, in IDLE."""
    term = await begin_term(room)
    way = OtherWay(frozenset({"agents.localhost"}), login)
    watcher = Watcher(term, Intake(term), Attention(term), Looks(), [way])
    task = asyncio.create_task(watcher.run())
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def at(port: Callable[[str], int] | int) -> LoginOf:
    def login(address: str, password: str) -> ImapLogin:
        where = port if isinstance(port, int) else port(address)
        return ImapLogin(host="127.0.0.1", port=where, user=address, password=password)

    return login


async def test_mail_that_came_while_nobody_watched_is_found_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (room, _):
        address = await mailbox(room, ADA)
        await submit(room, address, *(letter(address, address, "Early") for _ in range(150)))
    async with opened(tmp_path) as room:
        await until(room, lambda con: len(received("Early")(con)) == 150)
        wait = await room.desk.waiting.wait(ADA, timeout_seconds=0)
        assert wait.outcome == "reply"


async def test_a_mailbox_is_watched_from_its_first_moment(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        for number in range(20):
            address = await mailbox(room, ADA, username=f"ada{number}")
            answer = await send(room, ADA, mailbox=address, to=(address,), subject=f"S{number}")
            assert answer.status == "sent"
            await until(room, received(f"S{number}"), 2)


async def test_a_lost_connection_is_a_problem_that_clears_and_no_mail_is_missed(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (room, ports):
        address = await mailbox(room, ADA)
        async with contextlib.AsyncExitStack() as line_is_up:
            line = await line_is_up.enter_async_context(lossy_line(ports.imap))
            port = line.port
            async with watching(room, at(lambda _: port)):
                await submit(room, address, letter(address, address, "One"))
                await until(room, received("One"))
                await line_is_up.aclose()
                said = await until(room, problem(address))
                assert "Since" in said
                await submit(room, address, letter(address, address, "Two"))
                async with lossy_line(ports.imap) as again:
                    port = again.port
                    await until(room, received("Two"))
                    await until(room, lambda con: not problem(address)(con))
        events = await room.index.read(lambda con: [str(e.type) for e in journal.since(con, 0)])
        assert events.count("mailbox.problem") == 2


async def test_a_login_that_is_refused_is_told_with_the_mailbox_and_with_a_wait(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (room, ports):
        address = await mailbox(room, ADA)

        def wrong(address: str, password: str) -> ImapLogin:
            return ImapLogin(host="127.0.0.1", port=ports.imap, user=address, password="no")

        async with watching(room, wrong):
            said = await until(room, problem(address))
            assert said.startswith("The mail server refuses the login. Since 20")
            listed = await room.desk.mailboxes.list(ADA)
            assert listed.mailboxes[0].problem == said
            wait = await room.desk.waiting.wait(ADA, timeout_seconds=0)
            assert wait.problem == said
            assert not (await room.desk.health.report(OPERATOR)).ok


async def test_a_connection_that_breaks_in_the_midst_of_a_fetch_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (room, ports):
        address = await mailbox(room, ADA)
        mails = [letter(address, address, f"Mail {n}", "word " * 4000) for n in range(200)]
        await submit(room, address, *mails)
        async with cutting(ports.imap, every=700_000) as (port, cuts), watching(room, at(port)):
            await until(room, lambda con: len(subjects(con)) >= len(mails), 60)
            assert cuts
        found = await room.index.read(subjects)
        assert sorted(found) == sorted(mail["Subject"] for mail in mails)


def subjects(con: Connection) -> list[str]:
    rows = con.execute("SELECT subject FROM messages WHERE direction = 'received'")
    return [row["subject"] for row in rows]


@asynccontextmanager
async def cutting(target: int, every: int) -> AsyncIterator[tuple[int, list[int]]]:
    """A line that breaks after so many octets from the server; (its port, what was carried)."""
    cuts: list[int] = []
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
        there = asyncio.create_task(copy(reader, to_server))
        left = every
        try:
            while left > 0 and (data := await from_server.read(min(left, 65536))):
                writer.write(data)
                await writer.drain()
                left -= len(data)
            cuts.append(every - left)
        except ConnectionError:
            return
        finally:
            there.cancel()
            await asyncio.gather(there, return_exceptions=True)
            writer.transport.abort()
            to_server.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(carry(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1], cuts
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def test_a_hundred_mailboxes_each_get_their_mail(tmp_path: Path) -> None:
    async with opened(tmp_path, working=False) as room:
        boxes = [await mailbox(room, ADA, username=f"box{n}") for n in range(100)]
        await room.worker.start()
        assert await room.worker.settled(15)
        for start in range(0, 100, 50):
            some = tuple(boxes[start : start + 50])
            sent = await send(room, ADA, mailbox=boxes[0], to=some, subject="All")
            assert sent.status == "sent"
        await until(room, lambda con: len(received("All")(con)) == 100)
        assert (await room.desk.health.report(OPERATOR)).ok


async def test_a_mailbox_whose_server_hangs_does_not_slow_the_others(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hung = silent.getsockname()[1]
        async with served(tmp_path) as (room, ports):
            bad = [await mailbox(room, ADA, username=f"bad{n}") for n in range(3)]
            good = await mailbox(room, ADA, username="good")
            async with watching(room, at(lambda address: hung if address in bad else ports.imap)):
                for number in range(5):
                    begun = time.monotonic()
                    await submit(room, good, letter(good, good, f"Mail {number}"))
                    await until(room, received(f"Mail {number}"))
                    assert time.monotonic() - begun < 1


async def test_a_mailbox_that_is_deleted_while_it_is_watched_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as room:
        address = await mailbox(room, ADA)
        other = await mailbox(room, BEN)
        await send(room, ADA, to=(address,), subject="Before")
        await until(room, received("Before"))
        await room.desk.mailboxes.delete(OPERATOR, address)
        await until(room, lambda con: con.execute(PURGED).fetchone())
        assert (await send(room, BEN, to=(address,))).status == "failed"
        await send(room, BEN, to=(other,), subject="Others")
        await until(room, received("Others"))
        assert not await room.index.read(received("Before"))
    assert not [r for r in caplog.records if r.levelname in ("WARNING", "ERROR")]


PURGED = "SELECT 1 FROM mailboxes WHERE purged_at IS NOT NULL"


async def test_mail_that_was_begun_before_a_mailbox_expired_is_still_read(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock) as room:
        await mailbox(room, ADA, expires_in="60s")
        await mailbox(room, BEN)
        known = await credentials(room, "ben@agents.localhost")

        def talk(later: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
            with (
                smtplib.SMTP("127.0.0.1", known.smtp_port) as one,
                smtplib.SMTP("127.0.0.1", known.smtp_port) as two,
            ):
                for smtp in (one, two):
                    smtp.login(known.user, known.password)
                    smtp.mail("ben@agents.localhost")
                    assert smtp.rcpt("ada@agents.localhost")[0] == 250
                clock.ahead = 61
                for smtp, subject in ((one, "First"), (two, "Second")):
                    code, _ = smtp.data(f"Subject: {subject}\r\n\r\nHello.\r\n")
                    assert code == 250
                    asyncio.run_coroutine_threadsafe(until(room, received(subject)), loop).result(9)

        await asyncio.to_thread(talk, asyncio.Event(), asyncio.get_running_loop())
        answer = await send(room, BEN, to=("ada@agents.localhost",), subject="Third")
        assert answer.status == "failed"


async def test_a_mail_program_that_expunges_at_once_takes_no_mail_from_the_agent(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        ada, ben = await mailbox(room, ADA), await mailbox(room, BEN)
        known = await credentials(room, ada)
        burst = [letter(ben, ada, "Burst") for _ in range(150)]
        sending = asyncio.create_task(submit(room, ben, *burst))

        def delete_all() -> None:
            with imaplib.IMAP4("127.0.0.1", known.imap_port) as client:
                client.login(known.user, known.password)
                client.select("INBOX")
                client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
                client.expunge()

        while not sending.done():
            await asyncio.to_thread(delete_all)
        await sending
        await until(room, lambda con: len(received("Burst")(con)) == 150)


async def test_an_expired_mailbox_that_its_owner_takes_back_is_watched_again(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock) as room:
        address = await mailbox(room, ADA, expires_in="60s")
        for number, wait in enumerate((61, 61 + sources.LAST_MAIL_SECONDS)):
            clock.ahead += wait
            await until(room, lambda con: con.execute(EXPIRED).fetchone())
            await mailbox(room, ADA, expires_in="60s")
            await send(room, ADA, to=(address,), subject=f"Back {number}")
            await until(room, received(f"Back {number}"))


EXPIRED = "SELECT 1 FROM mailboxes WHERE status = 'expired'"


async def test_a_mail_that_only_waited_for_the_watcher_wakes_a_wait(tmp_path: Path) -> None:
    async with opened(tmp_path, working=False) as room:
        address = await mailbox(room, ADA)
        await drop_off(room, ADA, to=(address,), subject="Later")
        waiting = asyncio.create_task(room.desk.waiting.wait(ADA, timeout_seconds=30))
        await room.worker.start()
        assert (await waiting).outcome == "reply"
