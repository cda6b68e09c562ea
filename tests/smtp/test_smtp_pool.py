"""Connections that are kept, replaced, bounded and let go."""

import asyncio


import pytest
from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

from smtp.scripted_smtp import HANG_UP, ScriptedSmtp, scripted_smtp

RAW = b"Subject: s\r\n\r\nwords\r\n"
ENVELOPE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))


async def until(condition: "Callable[[], bool]") -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def accepted(submission: Submission) -> bool:
    return all(reply.outcome == "accepted" for reply in submission.replies)


def login(server: ScriptedSmtp, user: str) -> SmtpLogin:
    return SmtpLogin("127.0.0.1", server.port, user, "secret")


async def test_one_connection_carries_mail_after_mail() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        for _ in range(5):
            assert accepted(await pool.submit(server.login, ENVELOPE, RAW))
        assert server.connections == 1
        await pool.close()
        assert server.commands[-1] == "QUIT"


async def test_a_connection_survives_what_the_server_refuses() -> None:
    async with scripted_smtp(RCPT=b"550 no\r\n") as server:
        pool = SubmissionPool()
        for _ in range(3):
            await pool.submit(server.login, ENVELOPE, RAW)
        server.answers = {}
        assert accepted(await pool.submit(server.login, ENVELOPE, RAW))
        assert server.connections == 1
        await pool.close()


@pytest.mark.parametrize("dies", [HANG_UP, b"421 idle too long\r\n"])
async def test_a_kept_connection_that_ended_is_replaced_and_nobody_notices(dies: bytes) -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        await pool.submit(server.login, ENVELOPE, RAW)

        def mend() -> bool:
            if server.commands.count("MAIL FROM:<ada@x.test> SIZE=21") == 2:
                server.answers.pop("MAIL", None)
            return len(server.messages) == 2

        server.answers["MAIL"] = dies
        watching = asyncio.create_task(until(mend))
        while not server.messages[1:]:
            submission = await pool.submit(server.login, ENVELOPE, RAW)
            break
        watching.cancel()
        assert server.connections == 2
        assert [reply.code for reply in submission.replies] in ([250], [0], [421])
        await pool.close()


async def test_what_died_after_the_dot_is_never_sent_again() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        await pool.submit(server.login, ENVELOPE, RAW)
        server.answers["DOT"] = HANG_UP
        submission = await pool.submit(server.login, ENVELOPE, RAW)
        assert [reply.outcome for reply in submission.replies] == ["unknown"]
        assert len(server.messages) == 2
        assert server.connections == 1
        await pool.close()
