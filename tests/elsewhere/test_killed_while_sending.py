"""kill -9 of whoever sends on an account, at the moments that matter."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from elsewhere.frail_account import DOMAIN, Frail, frail_account, taken_for
from elsewhere.worlds import World
from rooms import eventually
from servers import postroom_processes as processes
from smtp.scripted_smtp import SILENCE

PEOPLE = ("ben", "cam", "dan")
THEM = "ben@elsewhere.example"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


def status(home: Path) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in processes.ask(home, "SELECT status, to_file FROM sends")]


async def killed_while(frail: Frail, moment: asyncio.Event, *to: str) -> str:
    """The id of a send whose process was killed at that moment."""
    World("account", frail.home, frail.operator).write_settings()
    async with processes.started(frail.home, "ada") as line:
        await line.done("create_mailbox", username="ada")
        line.call("send_email", to=list(to or (THEM,)), subject="A", text="Hello.")
        await asyncio.wait_for(moment.wait(), 30)
        processes.kill_hard(line.pid)
        await line.process.wait()
    (row,) = processes.ask(frail.home, "SELECT public_id FROM sends")
    return str(row["public_id"])


async def killed_before_the_answer(frail: Frail, *to: str) -> str:
    """The id of a send whose process was killed once its message was handed over."""
    frail.smtp.hold = asyncio.Event()
    handed_over = asyncio.Event()

    async def watch() -> None:
        await eventually(lambda: asyncio.sleep(0, bool(frail.smtp.messages)), 30)
        handed_over.set()

    watching = asyncio.create_task(watch())
    send_id = await killed_while(frail, handed_over, *to)
    await watching
    frail.smtp.hold.set()
    return send_id


@pytest.mark.parametrize("held", ["before", "after"])
async def test_killed_between_the_250_and_the_answer_to_append_leaves_one_copy_in_sent(
    frail: Frail, held: str
) -> None:
    frail.account["files_sent"] = False
    frail.imap.append_hold = held
    send_id = await killed_while(frail, frail.imap.appending)
    assert status(frail.home) == [("sent", 1)]
    frail.imap.append_hold = ""
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail.home) == [("sent", 0)], 30)
    ((copy, _),) = frail.imap.folders["Sent"].mails.values()
    assert f"<{send_id}@{DOMAIN}>".encode() in copy
    assert len(frail.smtp.messages) == 1


async def test_killed_before_the_answer_to_the_final_dot_is_found_in_sent(frail: Frail) -> None:
    send_id = await killed_before_the_answer(frail)
    assert status(frail.home) == [("submitting", 0)]
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail.home) == [("unknown", 0)], 30)
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await processes.eventually(lambda: status(frail.home) == [("sent", 0)], 60)
    assert len(frail.smtp.messages) == 1
    assert f"<{send_id}@{DOMAIN}>".encode() in frail.smtp.messages[0]


async def test_killed_in_a_second_attempt_does_not_take_the_copy_of_the_first_for_its_own(
    frail: Frail,
) -> None:
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 greylisted\r\n"
    again = asyncio.Event()

    async def watch() -> None:
        await eventually(lambda: asyncio.sleep(0, bool(frail.smtp.messages)), 30)
        frail.smtp.answers["MAIL"] = SILENCE  # nothing of the second attempt leaves
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await eventually(lambda: asyncio.sleep(0, times_begun(frail) == 2), 30)
        again.set()

    watching = asyncio.create_task(watch())
    await killed_while(frail, again, THEM, "dan@elsewhere.example")
    await watching
    frail.smtp.answers.clear()
    assert status(frail.home) == [("submitting", 0)]
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail.home) == [("sent", 0)], 30)
    assert outcomes(frail.home) == ["accepted", "accepted"]
    assert taken_for(frail) == ["ben", "dan", "ben"]


@pytest.mark.parametrize("attempt", [1, 2])
async def test_killed_after_the_final_dot_believes_the_copy_for_nobody_who_was_put_off_or_refused(
    frail: Frail, attempt: int
) -> None:
    if attempt == 2:
        frail.smtp.once["MAIL"] = b"451 4.3.0 later\r\n"
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 greylisted\r\n"
    frail.smtp.answers["RCPT TO:<CAM"] = b"550 5.1.1 nobody\r\n"
    await killed_before_the_answer(frail, *(f"{who}@elsewhere.example" for who in PEOPLE))
    assert outcomes(frail.home) == ["deferred", "refused", "unknown"]
    frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
    frail.smtp.answers.clear()
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail.home) == [("sent", 0)], 60)
    assert outcomes(frail.home) == ["accepted", "refused", "accepted"]
    assert taken_for(frail)[-1] == "ben"
    assert len(frail.smtp.messages) == 2


async def test_killed_in_a_second_attempt_for_the_only_recipient_is_found_in_sent(
    frail: Frail,
) -> None:
    frail.smtp.once["RCPT"] = b"450 4.2.1 greylisted\r\n"
    await killed_before_the_answer(frail)
    frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail.home) == [("sent", 0)], 60)
    assert len(frail.smtp.messages) == 1


def times_begun(frail: Frail) -> int:
    return sum(line.startswith("MAIL") for line in frail.smtp.commands)


def outcomes(home: Path) -> list[str]:
    found = processes.ask(home, "SELECT outcome FROM recipients ORDER BY place")
    return [str(row["outcome"]) for row in found]
