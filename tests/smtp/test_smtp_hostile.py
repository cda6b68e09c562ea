"""Servers that misbehave: what we then know, and that no mail goes twice.

Each row: what the server does, what the recipient is told, how many connections and how many whole
messages the server has seen after two mails of one pool.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from smtp.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, scripted_smtp, serving

from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

RAW = b"Subject: s\r\n\r\nwords\r\n"
ONE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))
BYE = b"421 4.3.2 closing\r\n"


def told(submission: Submission) -> str:
    (reply,) = submission.replies
    return reply.outcome.value


def closes_after_each(server: ScriptedSmtp) -> None:
    server.messages_each = 1


def ends_idle_with_421(server: ScriptedSmtp) -> None:
    server.messages_each = 1
    server.answers["DOT"] = b"250 2.0.0 stored\r\n421 4.4.2 idle too long\r\n"


def says(**once: bytes | None) -> Callable[[ScriptedSmtp], None]:
    """After the first mail, once."""

    def change(server: ScriptedSmtp) -> None:
        server.later = dict(once)

    return change


HOSTILE: dict[str, tuple[Callable[[ScriptedSmtp], None], tuple[str, int, int]]] = {
    "closes after each mail": (closes_after_each, ("accepted", 2, 2)),
    "says 421 when idle": (ends_idle_with_421, ("accepted", 2, 2)),
    "421 at MAIL": (says(MAIL=BYE), ("accepted", 2, 2)),
    "hangs up at MAIL": (says(MAIL=HANG_UP), ("accepted", 2, 2)),
    "deaf at MAIL": (says(MAIL=SILENCE), ("accepted", 2, 2)),
    "421 at RCPT": (says(RCPT=BYE), ("deferred", 1, 1)),
    "hangs up at RCPT": (says(RCPT=HANG_UP), ("deferred", 1, 1)),
    "421 at DATA": (says(DATA=BYE), ("deferred", 1, 1)),
    "hangs up at DATA": (says(DATA=HANG_UP), ("deferred", 1, 1)),
    "421 after the dot": (says(DOT=BYE), ("deferred", 1, 2)),
    "hangs up after the dot": (says(DOT=HANG_UP), ("unknown", 1, 2)),
    "deaf after the dot": (says(DOT=SILENCE), ("unknown", 1, 2)),
    "two answers to the dot": (says(DOT=b"250 ok\r\n550 or not\r\n"), ("accepted", 1, 2)),
    "two answers to RCPT": (says(RCPT=b"250 ok\r\n250 ok\r\n"), ("deferred", 1, 1)),
    "answers the message before it has it": (
        says(DATA=b"354 go\r\n250 taken\r\n"),
        ("deferred", 1, 1),
    ),
    "refuses the message before it has it": (
        says(DATA=b"354 go\r\n552 5.3.4 too large\r\n"),
        ("refused", 1, 1),
    ),
    "an answer without a code": (says(RCPT=b"\r\n"), ("deferred", 1, 1)),
    "a reply that never ends": (says(RCPT=b"250-x\r\n" * 9000), ("deferred", 1, 1)),
    "a line that never ends": (says(RCPT=b"250 " + b"x" * 70_000), ("deferred", 1, 1)),
    "octets that are no text": (says(DOT=b"250 \xff\xfe\x00\r\n"), ("accepted", 1, 2)),
    "a code of another planet": (says(RCPT=b"999 hello\r\n"), ("deferred", 1, 1)),
    "a negative code": (says(DOT=b"-25 hello\r\n"), ("unknown", 1, 2)),
}


@pytest.mark.parametrize(("does", "expected"), HOSTILE.values(), ids=HOSTILE)
async def test_a_server_that_misbehaves_at_the_second_mail(
    does: Callable[[ScriptedSmtp], None], expected: tuple[str, int, int]
) -> None:
    async with scripted_smtp() as server:
        does(server)
        pool = SubmissionPool(timeout=1.0, final_timeout=1.0)
        assert told(await pool.submit(server.login, ONE, RAW)) == "accepted"
        server.once |= server.later
        outcome = told(await pool.submit(server.login, ONE, RAW))
        assert (outcome, server.connections, len(server.messages)) == expected
        server.once.clear()
        assert told(await pool.submit(server.login, ONE, RAW)) == "accepted"
        await pool.close()


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"])
async def test_a_server_that_is_closing_defers_at_any_stage(stage: str) -> None:
    async with serving({stage: BYE}) as server:
        pool = SubmissionPool(timeout=0.3)
        submission = await pool.submit(server.login, ONE, RAW)
        await pool.close()
    assert (told(submission), submission.replies[0].code) == ("deferred", 421)


async def test_a_connection_whose_share_of_mail_is_used_up_is_not_asked_again() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        assert told(await pool.submit(server.login, ONE, RAW)) == "accepted"
        server.once["MAIL"] = b"451 4.5.3 too many messages in this session\r\n"
        assert told(await pool.submit(server.login, ONE, RAW)) == "deferred"
        assert told(await pool.submit(server.login, ONE, RAW)) == "accepted"
        assert server.connections == 2
        await pool.close()


async def test_an_answer_that_drips_is_given_up_on() -> None:
    async with dripping(b"220 hello there, this is a greeting\r\n", every=0.1) as login:
        pool = SubmissionPool(timeout=0.2)
        async with asyncio.timeout(5):
            assert told(await pool.submit(login, ONE, RAW)) == "deferred"
        await pool.close()


@asynccontextmanager
async def dripping(line: bytes, every: float) -> AsyncIterator[SmtpLogin]:
    """A server that sends its greeting an octet at a time."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for octet in line:
                writer.write(bytes([octet]))
                await writer.drain()
                await asyncio.sleep(every)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield SmtpLogin("127.0.0.1", listener.sockets[0].getsockname()[1], "", "")


async def test_a_server_that_reads_slowly_and_answers_late_has_taken_the_mail() -> None:
    large = b"Subject: s\r\n\r\n" + (b"x" * 76 + b"\r\n") * 100_000
    async with slowly_reading(pause=0.02) as login:
        # Each piece gets the patience of ``timeout``; all of them together take far longer.
        pool = SubmissionPool(timeout=0.4, final_timeout=10)
        assert told(await pool.submit(login, ONE, large)) == "accepted"
        await pool.close()


@asynccontextmanager
async def slowly_reading(pause: float) -> AsyncIterator[SmtpLogin]:
    """A server that reads a message in small sips, and takes its time before it answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    listening.setblocking(False)
    loop = asyncio.get_running_loop()

    async def serve() -> None:
        peer, _ = await loop.sock_accept(listening)
        with peer:
            for answer in (b"220 hi\r\n", b"250 post\r\n", b"250 ok\r\n", b"250 ok\r\n"):
                await loop.sock_sendall(peer, answer)
                await loop.sock_recv(peer, 1000)
            await loop.sock_sendall(peer, b"354 go\r\n")
            end = b""
            while end != b"\r\n.\r\n":
                await asyncio.sleep(pause)
                end = (end + await loop.sock_recv(peer, 131072))[-5:]
            await asyncio.sleep(0.6)
            await loop.sock_sendall(peer, b"250 2.0.0 taken\r\n")
            await loop.sock_recv(peer, 1000)  # QUIT

    serving_it = asyncio.ensure_future(serve())
    try:
        yield SmtpLogin("127.0.0.1", listening.getsockname()[1], "", "")
        await asyncio.wait_for(serving_it, 5)
    finally:
        serving_it.cancel()
        listening.close()
