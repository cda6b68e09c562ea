"""Connections that are kept, replaced, bounded and let go."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from smtp.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, scripted_smtp

from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

RAW = b"Subject: s\r\n\r\nwords\r\n"
ENVELOPE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as it holds; nothing announces what the server sees."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def outcome(submission: Submission) -> str:
    (reply,) = submission.replies
    return reply.outcome.value


def login(server: ScriptedSmtp, user: str) -> SmtpLogin:
    return SmtpLogin("127.0.0.1", server.port, user, "secret")


def test_a_login_does_not_show_its_password() -> None:
    assert "hidden" not in repr(SmtpLogin("h", 1, "u", "hidden"))


async def test_one_connection_carries_mail_after_mail_and_is_ended_politely() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        for _ in range(5):
            assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        assert server.connections == 1
        await pool.close()
        assert server.commands[-1] == "QUIT"


async def test_a_connection_survives_what_the_server_refuses() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        for stage in ("MAIL", "RCPT", "DATA", "DOT"):
            server.once[stage] = b"550 no\r\n"
            assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "refused"
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        assert server.connections == 1
        await pool.close()


@pytest.mark.parametrize("end", [HANG_UP, b"421 idle too long\r\n", SILENCE])
async def test_a_kept_connection_that_ended_is_replaced_and_nobody_notices(
    end: bytes | None,
) -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(timeout=0.3, final_timeout=0.3)
        await pool.submit(server.login, ENVELOPE, RAW)
        server.once["MAIL"] = end
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        assert server.connections == 2
        await pool.close()


@pytest.mark.parametrize(
    ("stage", "expected"), [("RCPT", "deferred"), ("DATA", "deferred"), ("DOT", "unknown")]
)
async def test_what_dies_later_is_told_and_not_tried_again(stage: str, expected: str) -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        await pool.submit(server.login, ENVELOPE, RAW)
        server.once[stage] = HANG_UP
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == expected
        assert server.connections == 1
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        await pool.close()


async def test_a_dead_kept_connection_and_a_server_that_is_gone_is_deferred() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(timeout=0.3, final_timeout=0.3)
        await pool.submit(server.login, ENVELOPE, RAW)
        server.answers["GREETING"] = server.answers["MAIL"] = HANG_UP
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "deferred"
        await pool.close()


async def test_submissions_at_once_share_no_more_connections_than_allowed() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(per_login=2)
        many = (pool.submit(server.login, ENVELOPE, RAW) for _ in range(20))
        assert {outcome(s) for s in await asyncio.gather(*many)} == {"accepted"}
        assert server.most_at_once == 2
        assert server.connections == 2
        assert len(server.messages) == 20
        await pool.close()


async def test_one_login_that_waits_does_not_hold_up_another() -> None:
    async with scripted_smtp() as slow, scripted_smtp() as fast:
        slow.hold = asyncio.Event()
        pool = SubmissionPool(per_login=1, most=2)
        waiting = [asyncio.create_task(pool.submit(slow.login, ENVELOPE, RAW)) for _ in range(10)]
        await until(lambda: len(slow.messages) == 1)
        assert outcome(await pool.submit(fast.login, ENVELOPE, RAW)) == "accepted"
        slow.hold.set()
        assert {outcome(s) for s in await asyncio.gather(*waiting)} == {"accepted"}
        await pool.close()


async def test_the_longest_idle_connection_makes_room_for_another_login() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(most=2)
        for user in ("a", "b", "a", "c", "a"):
            assert outcome(await pool.submit(login(server, user), ENVELOPE, RAW)) == "accepted"
        assert server.connections == 3  # b's made room, a's was used lately
        await until(lambda: server.open_now == 2)
        await pool.close()


async def test_an_idle_connection_is_let_go_after_a_while() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool(idle_seconds=0.05)
        await pool.submit(server.login, ENVELOPE, RAW)
        await until(lambda: server.open_now == 0)
        assert server.commands[-1] == "QUIT"
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        await pool.close()


async def test_a_connection_that_has_carried_its_share_is_replaced() -> None:
    async with scripted_smtp() as server:
        server.messages_each = 3  # what the server would bear
        pool = SubmissionPool(messages_per_connection=3)
        for _ in range(7):
            submission = await pool.submit(server.login, ENVELOPE, RAW)
            assert outcome(submission) == "accepted"
            # Nothing was lost on the way: each mail went on a connection that was good.
            assert "no answer" not in " ".join(submission.dialogue)
        assert server.connections == 3
        await pool.close()


async def test_a_cancelled_submission_closes_its_connection() -> None:
    async with scripted_smtp() as server:
        server.hold = asyncio.Event()
        pool = SubmissionPool(per_login=1)
        submitting = asyncio.create_task(pool.submit(server.login, ENVELOPE, RAW))
        await until(lambda: len(server.messages) == 1)
        submitting.cancel()
        await asyncio.gather(submitting, return_exceptions=True)
        server.hold.set()
        assert outcome(await pool.submit(server.login, ENVELOPE, RAW)) == "accepted"
        assert server.connections == 2
        await pool.close()


async def test_closing_lets_a_submission_under_way_finish() -> None:
    async with scripted_smtp() as server:
        server.hold = asyncio.Event()
        pool = SubmissionPool()
        submitting = asyncio.create_task(pool.submit(server.login, ENVELOPE, RAW))
        await until(lambda: len(server.messages) == 1)
        await pool.close()
        server.hold.set()
        assert outcome(await submitting) == "accepted"
        await until(lambda: server.open_now == 0)


async def test_closing_is_bounded_when_the_server_does_not_part() -> None:
    async with scripted_smtp(QUIT=SILENCE) as server:
        pool = SubmissionPool()
        await pool.submit(server.login, ENVELOPE, RAW)
        await asyncio.wait_for(pool.close(), 5)


async def test_the_password_is_written_to_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        await pool.submit(login(server, "ada"), ENVELOPE, RAW)
        await pool.close()
    assert "secret" not in caplog.text
    assert "YWRh" not in caplog.text
