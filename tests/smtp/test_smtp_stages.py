"""A server that fails at each stage, and what we then know of each recipient."""

import asyncio
import socket

import pytest
from smtp.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, scripted_smtp

from postroom.model.errors import InvalidRequest, Unavailable
from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

PATIENCE = 0.3
RAW = b"Subject: s\r\n\r\nwords\r\n"
TWO = Envelope(sender="ada@x.test", recipients=("ben@x.test", "cyd@x.test"))
ONE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))


async def submitted(server: ScriptedSmtp, envelope: Envelope = TWO, raw: bytes = RAW) -> Submission:
    pool = SubmissionPool(timeout=PATIENCE, final_timeout=PATIENCE)
    try:
        return await asyncio.wait_for(pool.submit(server.login, envelope, raw), 10)
    finally:
        await pool.close()


def outcomes(submission: Submission) -> list[tuple[str, int]]:
    return [(reply.outcome.value, reply.code) for reply in submission.replies]


LOST = [("deferred", 0)] * 2

STAGES: dict[str, tuple[dict[str, bytes | None], list[tuple[str, int]]]] = {
    "all is well": ({}, [("accepted", 250)] * 2),
    "dies at the greeting": ({"GREETING": HANG_UP}, LOST),
    "silent at the greeting": ({"GREETING": SILENCE}, LOST),
    "refuses at the greeting": ({"GREETING": b"554 go away\r\n"}, [("refused", 554)] * 2),
    "busy at the greeting": ({"GREETING": b"421 busy\r\n"}, [("deferred", 421)] * 2),
    "babbles at the greeting": ({"GREETING": b"* OK IMAP\r\n"}, LOST),
    "dies at EHLO": ({"EHLO": HANG_UP}, LOST),
    "offers no login": ({"EHLO": b"250 post\r\n"}, [("refused", 530)] * 2),
    "refuses the login": ({"AUTH": b"535 5.7.8 wrong\r\n"}, [("refused", 535)] * 2),
    "cannot check the login": ({"AUTH": b"454 4.7.0 later\r\n"}, [("deferred", 454)] * 2),
    "dies at the login": ({"AUTH": HANG_UP}, LOST),
    "refuses the sender": ({"MAIL": b"550 not you\r\n"}, [("refused", 550)] * 2),
    "defers the sender": ({"MAIL": b"451 later\r\n"}, [("deferred", 451)] * 2),
    "dies at MAIL": ({"MAIL": HANG_UP}, LOST),
    "silent at MAIL": ({"MAIL": SILENCE}, LOST),
    "refuses one": (
        {"RCPT TO:<CYD": b"550 5.1.1 no such\r\n"},
        [("accepted", 250), ("refused", 550)],
    ),
    "defers one": (
        {"RCPT TO:<BEN": b"450 4.2.1 full\r\n"},
        [("deferred", 450), ("accepted", 250)],
    ),
    "refuses all": ({"RCPT": b"550 no\r\n"}, [("refused", 550)] * 2),
    "dies at the second": ({"RCPT TO:<CYD": HANG_UP}, LOST),
    "refuses one, dies at the next": (
        {"RCPT TO:<BEN": b"550 no\r\n", "RCPT TO:<CYD": HANG_UP},
        [("refused", 550), ("deferred", 0)],
    ),
    "closes at the second": ({"RCPT TO:<CYD": b"421 enough\r\n"}, [("deferred", 421)] * 2),
    "dies at DATA": ({"DATA": HANG_UP}, LOST),
    "refuses DATA": ({"DATA": b"554 no\r\n"}, [("refused", 554)] * 2),
    "defers DATA": ({"DATA": b"451 later\r\n"}, [("deferred", 451)] * 2),
    "takes DATA with a 250": ({"DATA": b"250 what?\r\n"}, [("deferred", 250)] * 2),
    "dies after the dot": ({"DOT": HANG_UP}, [("unknown", 0)] * 2),
    "silent after the dot": ({"DOT": SILENCE}, [("unknown", 0)] * 2),
    "half an answer to the dot": ({"DOT": b"25LAST"[:2]}, [("unknown", 0)] * 2),
    "babbles after the dot": ({"DOT": b"what?\r\n"}, [("unknown", 0)] * 2),
    "goes on after the dot": ({"DOT": b"354 more\r\n"}, [("unknown", 354)] * 2),
    "refuses the message": ({"DOT": b"554 5.6.0 spam\r\n"}, [("refused", 554)] * 2),
    "defers the message": ({"DOT": b"451 4.3.0 disk\r\n"}, [("deferred", 451)] * 2),
    "refuses one and dies after the dot": (
        {"RCPT TO:<BEN": b"550 no\r\n", "DOT": HANG_UP},
        [("refused", 550), ("unknown", 0)],
    ),
}


@pytest.mark.parametrize(("answers", "expected"), STAGES.values(), ids=STAGES)
async def test_each_recipient_is_told_what_became_of_it(
    answers: dict[str, bytes | None], expected: list[tuple[str, int]]
) -> None:
    async with scripted_smtp(**answers) as server:
        submission = await submitted(server)
    assert outcomes(submission) == expected
    assert [reply.address for reply in submission.replies] == list(TWO.recipients)
    assert all(reply.text for reply in submission.replies)


async def test_the_answer_to_the_dot_is_kept() -> None:
    async with scripted_smtp() as server:
        submission = await submitted(server)
    assert submission.final_reply == "250 2.0.0 stored as 1"


LARGE = b"Subject: s\r\n\r\n" + (b"x" * 76 + b"\r\n") * 400_000  # more than any socket buffers


async def test_dying_in_the_midst_of_the_message_is_deferred() -> None:
    async with scripted_smtp(BODY=HANG_UP) as server:
        assert outcomes(await submitted(server, raw=LARGE)) == LOST
        assert server.messages == []


async def test_not_reading_the_message_any_further_is_deferred() -> None:
    async with _deaf_after_354() as login:
        pool = SubmissionPool(timeout=PATIENCE, final_timeout=PATIENCE)
        submission = await asyncio.wait_for(pool.submit(login, ONE, LARGE), 20)
        await pool.close()
    assert outcomes(submission) == [("deferred", 0)]


class _deaf_after_354:
    """A server that says 354 and reads no more."""

    async def __aenter__(self) -> SmtpLogin:
        self._done = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setblocking(False)
        self._socket = listening
        self._tasks.append(asyncio.ensure_future(self._serve()))
        return SmtpLogin("127.0.0.1", listening.getsockname()[1], "", "")

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        peer, _ = await loop.sock_accept(self._socket)
        with peer:
            await loop.sock_sendall(peer, b"220 hi\r\n")
            for answer in (b"250 post\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
                await loop.sock_recv(peer, 1000)
                await loop.sock_sendall(peer, answer)
            await self._done.wait()

    async def __aexit__(self, *exc: object) -> None:
        self._done.set()
        await asyncio.gather(*self._tasks)
        self._socket.close()


async def test_a_refusal_in_the_midst_of_the_message_is_heard() -> None:
    async with scripted_smtp(BODY=b"552 5.3.4 too large\r\n") as server:
        assert outcomes(await submitted(server, ONE, LARGE)) == [("refused", 552)]


async def test_nobody_listening_is_deferred() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pool = SubmissionPool(timeout=PATIENCE, final_timeout=PATIENCE)
    submission = await pool.submit(SmtpLogin("127.0.0.1", port, "", ""), TWO, RAW)
    await pool.close()
    assert outcomes(submission) == LOST


async def test_a_servers_words_are_cleaned_and_cut() -> None:
    evil = b"250-2.0.0 \x1b[31mred\x07\r\n250 " + b"x" * 3000 + b"\r\n"
    async with scripted_smtp(DOT=evil) as server:
        (reply,) = (await submitted(server, ONE)).replies
    assert reply.outcome == "accepted"
    assert reply.text.isprintable()
    assert len(reply.text) == 500


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@x\r\nRCPT TO:<eve@x>",
        "a@x> SIZE=1",
        "a b@x",
        "a\x00@x",
        "a\u2028@x",
        "a@" + "x" * 260,
    ],
)
async def test_an_address_that_would_leave_its_command_never_reaches_the_wire(
    address: str,
) -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(timeout=PATIENCE, final_timeout=PATIENCE)
        with pytest.raises(InvalidRequest):
            await pool.submit(server.login, Envelope(sender="a@x", recipients=(address,)), RAW)
        if address:
            with pytest.raises(InvalidRequest):
                await pool.submit(server.login, Envelope(sender=address, recipients=("a@x",)), RAW)
        await pool.close()
        assert server.connections == 0


async def test_the_empty_sender_is_sent_as_such() -> None:
    async with scripted_smtp() as server:
        await submitted(server, Envelope(sender="", recipients=("ben@x.test",)))
        assert any(command.startswith("MAIL FROM:<> ") for command in server.commands)


async def test_without_recipients_there_is_nothing_to_submit() -> None:
    async with scripted_smtp() as server:
        with pytest.raises(InvalidRequest):
            await submitted(server, Envelope(sender="a@x", recipients=()))


async def test_a_closed_pool_takes_nothing() -> None:
    pool = SubmissionPool()
    await pool.close()
    with pytest.raises(Unavailable):
        await pool.submit(SmtpLogin("127.0.0.1", 1, "", ""), ONE, RAW)


# What goes on the wire


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        (b"a\r\n\r\nb\r\n", b"a\r\n\r\nb\r\n.\r\n"),
        (b"a\n\nb", b"a\r\n\r\nb\r\n.\r\n"),
        (b"a\r\rb\r", b"a\r\n\r\nb\r\n.\r\n"),
        (b".a\r\n..\r\n.\r\n", b"..a\r\n...\r\n..\r\n.\r\n"),
        (b"a\n.\nMAIL FROM:<eve@x>\n", b"a\r\n..\r\nMAIL FROM:<eve@x>\r\n.\r\n"),
        (b"a\r\n.\rb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
async def test_lines_end_in_crlf_and_dots_are_doubled(raw: bytes, wire: bytes) -> None:
    async with scripted_smtp() as server:
        await submitted(server, ONE, raw)
        assert server.messages == [wire]


async def test_plain_mail_asks_for_no_extension() -> None:
    offers = b"250-post\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n"
    async with scripted_smtp(EHLO=offers) as server:
        await submitted(server, ONE)
        assert "MAIL FROM:<ada@x.test>" in server.commands


UMLAUTS = Envelope(sender="ada@x.test", recipients=("bän@x.test",))
EIGHT_BIT = "Subject: s\r\n\r\nwörds\r\n".encode()
UTF8_HEADER = "Subject: ß\r\n\r\nwords\r\n".encode()


@pytest.mark.parametrize(
    ("envelope", "raw", "options"),
    [
        (ONE, EIGHT_BIT, " BODY=8BITMIME"),
        (UMLAUTS, RAW, " SMTPUTF8"),
        (ONE, UTF8_HEADER, " BODY=8BITMIME SMTPUTF8"),
    ],
)
async def test_extensions_are_asked_for_where_needed_and_the_mail_refused_where_absent(
    envelope: Envelope, raw: bytes, options: str
) -> None:
    offers = b"250-post\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n"
    async with scripted_smtp(EHLO=offers) as able, scripted_smtp() as unable:
        assert outcomes(await submitted(able, envelope, raw)) == [("accepted", 250)]
        assert f"MAIL FROM:<ada@x.test>{options}" in able.commands
        assert f"RCPT TO:<{envelope.recipients[0]}>" in able.commands
        (reply,) = (await submitted(unable, envelope, raw)).replies
        assert (reply.outcome, reply.code) == ("refused", 0)
        assert "does not offer" in reply.text
        assert not any(command.startswith("MAIL") for command in unable.commands)
