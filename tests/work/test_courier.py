"""The courier: the outbox against servers that are slow, refuse, hang up, or lose their answer."""

import asyncio
import imaplib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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
    send,
    sends_in,
    until,
)
from smtp.scripted_smtp import HANG_UP, ScriptedSmtp, scripted_smtp
from work.lossy_line import LossyLine, lossy_line

from postroom.build import PostRoom
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.operator_event_answers import as_json
from postroom.model.requests import AttachmentRequest
from postroom.policy_file import CurrentPolicy
from postroom.signing.opening import OpenedKeys
from postroom.signing.secret import SealingSecret
from postroom.work import mailserver
from postroom.work.caretaker import Caretaker
from postroom.work.courier import Courier
from postroom.work.lending import Lending
from postroom.work.looks import Looks
from postroom.work.own_signatures import OwnSignatures
from postroom.work.reconciler import Reconciler
from postroom.work.term import Term
from postroom.work.ways import BuiltinWay, Ways

DOMAIN = "agents.localhost"
RETRY_SECONDS = 3600.0


@dataclass
class Round:
    """A courier on its way, with nobody else at work in the room."""

    room: PostRoom
    server: EmbeddedServer
    ports: Ports
    clock: JumpClock
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def jump(self, seconds: float) -> None:
        """It is later. Whoever sleeps until a time is woken to look at the clock."""
        self.clock.ahead += seconds
        await self.room.index.write(touch)

    async def came_to(self, *statuses: str) -> dict[str, Any]:
        """The one send, once its status is one of these and no other."""
        (row,) = await until(self.room, sends_in(*statuses))
        return dict(row)

    async def recipients(self) -> dict[str, str]:
        def look(con: Connection) -> dict[str, str]:
            rows = con.execute("SELECT address, outcome FROM recipients")
            return {row["address"].partition("@")[0]: row["outcome"] for row in rows}

        return await self.room.index.read(look)

    async def attempts(self) -> int:
        return int(await self.room.index.read(count("attempts")))

    async def stored(self, agent: str, folder: str = "INBOX") -> int:
        """How many mails the built-in server holds there."""
        address = f"{agent}@{DOMAIN}"
        password = await self.room.index.read(
            lambda con: con.execute(
                "SELECT password FROM mailboxes WHERE address = ?", (address,)
            ).fetchone()[0]
        )
        return await asyncio.to_thread(exists, self.ports.imap, address, password, folder)


def touch(con: Connection) -> None:
    con.execute("UPDATE meta SET value = value WHERE key = 'term'")


def count(table: str) -> Any:
    return lambda con: con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def exists(port: int, user: str, password: str, folder: str) -> int:
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login(user, password)
        return int((imap.select(folder, readonly=True)[1][0] or b"0").decode())


@asynccontextmanager
async def courier(home: Path, smtp_port: int | None = None) -> AsyncIterator[Round]:
    """A courier that submits to ``smtp_port``, or to the built-in server."""
    async with round_(home) as out, carrying(out, smtp_port):
        yield out


@asynccontextmanager
async def round_(home: Path) -> AsyncIterator[Round]:
    """A room with its built-in server, and nobody at work."""
    clock = JumpClock()
    async with opened(home, working=False, clock=clock) as room:
        server, ports = await mailserver.start(await begin_term(room), room.settings)
        for caller in (ADA, BEN):
            await mailbox(room, caller)
        try:
            yield Round(room, server, ports, clock)
        finally:
            await server.stop()


@asynccontextmanager
async def carrying(out: Round, smtp_port: int | None = None) -> AsyncIterator[None]:
    out.stop = asyncio.Event()
    task = asyncio.create_task(await begun(out, smtp_port))
    try:
        yield
    finally:
        out.stop.set()
        await task


async def begun(out: Round, smtp_port: int | None) -> Any:
    way = BuiltinWay(
        frozenset({DOMAIN}), frozenset(), out.server, out.ports.imap, smtp_port or out.ports.smtp
    )
    term, ways = await begin_term(out.room), Ways([way])
    reconciler = Reconciler(term, ways, Lending(ways))
    policy = CurrentPolicy(out.room.settings.policy_file, out.room.index)
    own = OwnSignatures(OpenedKeys(SealingSecret.of(out.room.settings)), term.index.clock)
    return Courier(term, ways, reconciler, Looks(), own, RETRY_SECONDS, policy).run(out.stop)


async def begin_term(room: PostRoom) -> Term:
    number = await room.index.write(lambda con: journal.begin_term(con, 0.0, 1, "test"))
    return Term(room.index, number)


@asynccontextmanager
async def scripted(
    home: Path, **answers: bytes | None
) -> AsyncIterator[tuple[Round, ScriptedSmtp]]:
    async with scripted_smtp(**answers) as server, courier(home, server.port) as out:
        yield out, server


@asynccontextmanager
async def lossy(home: Path) -> AsyncIterator[tuple[Round, LossyLine]]:
    async with round_(home) as out, lossy_line(out.ports.smtp) as line, carrying(out, line.port):
        yield out, line


TO_BEN = {"to": (f"ben@{DOMAIN}",), "subject": "A"}


async def test_a_deferred_mail_is_tried_again_later_each_time(tmp_path: Path) -> None:
    async with scripted(tmp_path, RCPT=b"451 4.3.0 not now\r\n") as (out, server):
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "queued"
        assert "451" in str(answer.reason)
        assert "451 4.3.0" not in str(answer.reason)
        pauses = []
        for number in range(1, 5):
            await until(out.room, lambda con, n=number: count("attempts")(con) == n)  # type: ignore[misc]  # a default
            row = await out.came_to("queued")
            pauses.append(round(row["not_before"] - out.clock()))
            await out.jump(row["not_before"] - out.clock())
        assert pauses == [1, 5, 30, 120]
        server.answers.clear()
        await out.jump(3600)
        assert (await out.came_to("sent"))["reason"] == ""
        assert len(server.messages) == 1


@pytest.mark.parametrize(
    "answers",
    [
        {"GREETING": HANG_UP},
        {"GREETING": b"421 closing\r\n"},
        {"EHLO": HANG_UP},
        {"AUTH": b"454 4.7.0 later\r\n"},
        {"MAIL": b"452 4.3.1 full\r\n"},
        {"RCPT": HANG_UP},
        {"DATA": b"451 4.3.0 later\r\n"},
        {"BODY": HANG_UP},
        {"DOT": b"452 4.3.1 full\r\n"},
    ],
    ids=str,
)
async def test_a_server_in_trouble_gets_the_mail_later(
    tmp_path: Path, answers: dict[str, bytes]
) -> None:
    async with scripted(tmp_path, **answers) as (out, server):
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "queued"
        assert answer.reason
        server.answers.clear()
        server.messages.clear()
        await out.jump(2)
        await out.came_to("sent")
        assert len(server.messages) == 1


async def test_a_server_that_cannot_be_reached_gets_the_mail_later(tmp_path: Path) -> None:
    async with scripted_smtp() as gone:
        port = gone.port
    async with courier(tmp_path, port) as out:
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "queued"
        assert answer.reason


async def test_after_the_time_the_operator_set_it_has_failed(tmp_path: Path) -> None:
    async with scripted(tmp_path, RCPT=b"451 4.3.0 not now\r\n") as (out, _):
        answer = await send(out.room, ADA, **TO_BEN)
        await out.jump(RETRY_SECONDS + 1)
        row = await out.came_to("failed")
        assert "not tried any more" in row["reason"]
        wait = await out.room.desk.waiting.wait(ADA, answer.thread_id, after=answer.after)
        assert wait.outcome == "failed"
        assert wait.reason == row["reason"]


async def test_some_recipients_refused_is_sent_and_says_who_did_not_get_it(tmp_path: Path) -> None:
    async with scripted(tmp_path, **{"RCPT TO:<BEN": b"550 5.1.1 nobody\r\n"}) as (out, server):
        answer = await send(out.room, ADA, to=(f"ben@{DOMAIN}", f"cam@{DOMAIN}"))
        assert answer.status == "sent"
        assert f"ben@{DOMAIN}" in str(answer.reason)
        assert f"cam@{DOMAIN}" not in str(answer.reason)
        assert str(answer.reason).count(f"ben@{DOMAIN}") == 1
        assert answer.refused == (f"ben@{DOMAIN}",)
        assert await out.recipients() == {"ben": "refused", "cam": "accepted"}
        assert len(server.messages) == 1
        found = await out.room.desk.events.list(ADA, "begin", types=["message.sent"])
        assert json.loads(as_json(found.events[0]))["refused"] == [f"ben@{DOMAIN}"]


async def test_a_send_that_all_get_tells_of_nobody_refused(tmp_path: Path) -> None:
    async with courier(tmp_path) as out:
        answer = await send(out.room, ADA, to=(f"ben@{DOMAIN}",))
        assert (answer.status, answer.refused) == ("sent", None)
        found = await out.room.desk.events.list(ADA, "begin", types=["message.sent"])
        assert b"refused" not in as_json(found.events[0])


async def test_who_has_taken_the_mail_does_not_get_it_again(tmp_path: Path) -> None:
    said = {"RCPT TO:<BEN": b"451 4.2.1 later\r\n", "RCPT TO:<CAM": b"550 5.1.1 nobody\r\n"}
    async with scripted(tmp_path, **said) as (out, server):
        to = tuple(f"{name}@{DOMAIN}" for name in ("ben", "cam", "dan"))
        answer = await send(out.room, ADA, to=to)
        assert answer.status == "queued"
        server.answers.clear()
        server.commands.clear()
        await out.jump(2)
        row = await out.came_to("sent")
        assert f"cam@{DOMAIN}" in row["reason"] or not row["reason"]
        assert [c for c in server.commands if c.startswith("RCPT")] == [f"RCPT TO:<ben@{DOMAIN}>"]
        assert await out.recipients() == {"ben": "accepted", "cam": "refused", "dan": "accepted"}


async def test_nobody_takes_it_is_failed_at_once(tmp_path: Path) -> None:
    async with courier(tmp_path) as out:
        answer = await send(out.room, ADA, to=("eve@example.org",))
        assert answer.status == "failed"
        assert "outside" in str(answer.reason)
        again = await send(out.room, ADA, to=(f"nobody@{DOMAIN}",))
        assert again.status == "failed"
        assert "no mailbox" in str(again.reason)


async def test_a_mailbox_that_may_not_log_in_fails_and_says_so(tmp_path: Path) -> None:
    async with scripted(tmp_path, AUTH=b"535 5.7.8 no\r\n") as (out, _):
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "failed"
        assert "does not let this mailbox send" in str(answer.reason)


async def test_an_answer_that_was_lost_is_found_in_sent_and_the_mail_goes_once(
    tmp_path: Path,
) -> None:
    async with lossy(tmp_path) as (out, line):
        line.lose_answers = 1
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "unknown"
        await out.came_to("sent")
        assert await out.recipients() == {"ben": "accepted"}
        assert line.carried == 1
        assert await out.stored("ben") == await out.stored("ada", "Sent") == 1


async def test_every_reply_of_every_attempt_is_in_the_trace_in_its_order(tmp_path: Path) -> None:
    async with scripted(tmp_path, RCPT=b"451 4.3.0 not now\r\n") as (out, server):
        answer = await send(out.room, ADA, **TO_BEN)
        row = await out.came_to("queued")
        server.answers.clear()
        await out.jump(row["not_before"] - out.clock())
        await out.came_to("sent")
        attempts = await traced(out, str(answer.send_id))
    rcpt, sender = f"RCPT TO:<ben@{DOMAIN}>", f"MAIL FROM:<ada@{DOMAIN}>"
    assert attempts[3:] == [
        (f"attempt 1: {sender}", "250 sender ok"),
        (f"attempt 1: {rcpt}", "451 4.3.0 not now"),
        ("attempt 1: RSET", "250 forgotten"),
        (f"attempt 2: {sender}", "250 sender ok"),
        (f"attempt 2: {rcpt}", "250 recipient ok"),
        ("attempt 2: DATA", "354 go"),
        ("attempt 2: end of data", "250 2.0.0 stored as 1"),
    ]
    assert attempts[0] == (f"attempt 1: connection to 127.0.0.1:{server.port}", "220 hello")
    assert attempts[2] == ("attempt 1: AUTH PLAIN", "235 in")


async def test_an_attempt_that_kept_no_dialogue_is_told_by_its_recipients(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (out, _):
        answer = await send(out.room, ADA, **TO_BEN)
        await out.came_to("sent")
        await out.room.index.write(
            lambda con: con.execute(
                "UPDATE attempts SET replies = json_remove(replies, '$.dialogue')"
            )
        )
        attempts = await traced(out, str(answer.send_id))
    assert attempts == [(f"attempt 1: ben@{DOMAIN} accepted", "250 2.0.0 stored as 1")]


async def traced(out: Round, send_id: str) -> list[tuple[str, str | None]]:
    """The steps of its attempts: what, and the server's words."""
    trace = await out.room.desk.tracing.trace(operator(), send_id)
    return [(s.what, s.detail) for s in trace.steps if s.what.startswith("attempt ")]


async def test_a_mail_that_was_lost_at_the_final_dot_goes_again(tmp_path: Path) -> None:
    async with lossy(tmp_path) as (out, line):
        line.lose_mails = 1
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "unknown"
        await out.came_to("sent")
        assert line.carried == 1
        assert await out.stored("ben") == await out.stored("ada", "Sent") == 1
        trace = await out.room.desk.tracing.trace(operator(), str(answer.send_id))
        assert "same Message-ID" in json.dumps(trace.model_dump())


async def test_a_server_that_is_slow_to_store_what_it_took_does_not_get_it_twice(
    tmp_path: Path,
) -> None:
    async with lossy(tmp_path) as (out, line):
        line.lose_answers, line.dawdle = 1, asyncio.Event()
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "unknown"
        asyncio.get_running_loop().call_later(1.0, line.dawdle.set)
        await out.came_to("sent")
        assert await out.stored("ben") == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_what_a_dead_worker_had_in_hand_is_found_out(tmp_path: Path, taken: bool) -> None:
    async with round_(tmp_path) as out:
        async with carrying(out):
            await send(out.room, ADA, **TO_BEN)
            await out.came_to("sent")
        if not taken:
            await drop_off(out.room, ADA, to=(f"ben@{DOMAIN}",), subject="B")
        # As a worker leaves it that dies between the server's answer (or its claim) and its record.
        await out.room.index.write(
            lambda con: con.execute("UPDATE sends SET status = 'submitting', attempts = 1")
        )
        async with carrying(out):
            await until(out.room, lambda con: not sends_in("submitting", "queued")(con))
        assert {row["status"] for row in await out.room.index.read(every_send)} == {"sent"}
        assert await out.stored("ben") == await out.stored("ada", "Sent") == (1 if taken else 2)


async def test_of_what_its_server_surely_did_not_take_nobody_is_in_doubt_later(
    tmp_path: Path,
) -> None:
    async with round_(tmp_path) as out:
        await drop_off(out.room, ADA, to=(f"nobody@{DOMAIN}",), subject="B")
        await out.room.index.write(
            lambda con: con.execute("UPDATE sends SET status = 'submitting', attempts = 1")
        )
        async with carrying(out):
            await until(out.room, sends_in("failed"))
        (row,) = await out.room.index.read(
            lambda con: list(con.execute("SELECT reason FROM sends"))
        )
        assert row["reason"] == f"There is no mailbox nobody@{DOMAIN} in this post room."


def every_send(con: Connection) -> list[Any]:
    return list(con.execute("SELECT status FROM sends"))


async def test_told_to_stop_it_finishes_what_is_in_flight_and_claims_nothing_new(
    tmp_path: Path,
) -> None:
    async with scripted_smtp() as server, round_(tmp_path) as out:
        server.hold = asyncio.Event()
        task = asyncio.create_task(await begun(out, server.port))
        first = asyncio.create_task(send(out.room, ADA, **TO_BEN))
        await until(out.room, sends_in("submitting"))
        async with asyncio.timeout(10):
            while not server.messages:  # noqa: ASYNC110  # the server tells nobody
                await asyncio.sleep(0.01)
        out.stop.set()
        await drop_off(out.room, BEN, to=(f"ada@{DOMAIN}",), subject="B")
        server.hold.set()
        await asyncio.wait_for(task, 10)
        await first
        assert len(await out.room.index.read(sends_in("sent"))) == 1
        assert len(server.messages) == 1
        assert len(await out.room.index.read(sends_in("queued"))) == 1


async def test_a_worker_whose_term_is_over_sends_nothing(tmp_path: Path) -> None:
    async with scripted_smtp() as server, courier(tmp_path, server.port) as out:
        await begin_term(out.room)
        await drop_off(out.room, ADA, **TO_BEN)
        await out.jump(2)
        assert await out.room.index.read(sends_in("queued"))
        assert not server.messages


async def test_a_send_whose_mailbox_is_deleted_fails_and_is_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def later(caretaker: Caretaker, box_id: int, address: str) -> None:
        """The words of the send go with the mailbox: not before they were read here."""

    monkeypatch.setattr(Caretaker, "_purge", later)
    async with opened(tmp_path, working=False) as room:
        address = await mailbox(room, ADA)
        to = await mailbox(room, BEN)
        await drop_off(room, ADA, to=(to,), subject="Never")
        await room.desk.mailboxes.delete(operator(), address)
        await room.worker.start()
        (row,) = await until(room, sends_in("failed"))
        assert row["reason"]


async def test_an_interrupted_send_of_a_mailbox_that_was_deleted_has_failed(tmp_path: Path) -> None:
    """The built-in server knows that it did not take it; a deleted mailbox sends nothing."""
    async with round_(tmp_path) as out:
        await drop_off(out.room, ADA, **TO_BEN)
        await out.room.index.write(lambda con: con.execute("UPDATE sends SET status='submitting'"))
        await out.room.desk.mailboxes.delete(operator(), f"ada@{DOMAIN}")
        async with carrying(out):
            row = await out.came_to("failed")
        assert "does not let this mailbox send" in row["reason"]
        assert await out.stored("ben") == 0


async def test_a_mail_whose_sent_copy_was_moved_away_is_not_sent_twice(tmp_path: Path) -> None:
    """A worker died after the server took the mail; meanwhile a mail program tidied Sent."""
    async with round_(tmp_path) as out:
        await drop_off(out.room, ADA, **TO_BEN)
        async with carrying(out):
            await out.came_to("sent")
        password = await out.room.index.read(
            lambda con: con.execute(
                "SELECT password FROM mailboxes WHERE address = ?", (f"ada@{DOMAIN}",)
            ).fetchone()[0]
        )
        await asyncio.to_thread(tidy_sent, out.ports.imap, f"ada@{DOMAIN}", password)
        await out.room.index.write(lambda con: con.execute("UPDATE sends SET status='submitting'"))
        async with carrying(out):
            await out.came_to("sent")
        assert await out.stored("ben") == 1


def tidy_sent(port: int, user: str, password: str) -> None:
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login(user, password)
        imap.delete("Sent")


async def test_the_submission_in_flight_ends_although_the_server_stops(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        to = await mailbox(room, BEN)
        file = AttachmentRequest(filename="words.txt", text="word " * 2_000_000)
        big = asyncio.create_task(send(room, ADA, to=(to,), attachments=(file,)))
        await until(room, sends_in("submitting"))
        await room.worker.stop()
        assert (await big).status == "sent"
