"""kill -9 at the arrows of the state table that only servers of others lead to: what was answered
is known, what was not is in doubt, and no mail is handed over twice without a person's word."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import ADDRESS, DOMAIN, Frail, came_to, frail_account, minutes_pass
from elsewhere.worlds import World
from reports_of_sends import report
from rooms import Agent, approve, letter, rows
from servers import postroom_processes as processes
from smtp.scripted_smtp import HANG_UP
from work.crashing import SIDES, crash

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.model.sends import SendStatus

BEN = "ben@elsewhere.example"
ASKED = {"to": [BEN], "subject": "A", "text": "Ten euros."}
MINUTES = 60.0
"""How much faster the time of a process runs that waits for minutes to pass."""


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        async with made.open() as room:
            await Agent(room, "ada").open()
        World("account", made.home, made.operator).write_settings()
        yield made


async def ends_as(frail: Frail, *statuses: SendStatus) -> str:
    """What the one send is once a new worker has it, and minutes have passed."""
    async with frail.open() as room:
        await catch_up(frail, room)
        await minutes_pass(frail, room, *statuses)
        ((status,),) = await room.index.read(lambda con: rows(con, "SELECT status FROM sends"))
        return str(status)


async def catch_up(frail: Frail, room: PostRoom) -> None:
    """It is as late as it was to the process that died, whose time ran faster."""
    question = "SELECT coalesce(max(at), 0) FROM journal"
    ((last,),) = await room.index.read(lambda con: rows(con, question))
    assert isinstance(last, float)
    await frail.jump(room, max(last - frail.clock(), 0.0))


def handed_over(frail: Frail) -> int:
    """How often a server was given the whole mail, always under one Message-ID."""
    (row,) = processes.ask(frail.home, "SELECT public_id FROM sends")
    for message in frail.smtp.messages:
        assert f"<{row['public_id']}@{DOMAIN}>".encode() in message
    return len(frail.smtp.messages)


@SIDES
async def test_a_deferral_is_tried_again_as_the_message_had_not_left(
    frail: Frail, side: str
) -> None:
    frail.smtp.once["RCPT"] = b"451 4.3.0 later\r\n"
    await crash(frail.home, "send", ASKED, "submitting → queued", side)
    assert handed_over(frail) == 0
    frail.smtp.once.clear()
    end = await ends_as(frail, SendStatus.SENT)
    assert (end, handed_over(frail)) == ("sent", 1)


@SIDES
async def test_a_refusal_is_known_or_heard_again_as_the_message_had_not_left(
    frail: Frail, side: str
) -> None:
    frail.smtp.answers["RCPT"] = b"550 5.1.1 nobody\r\n"
    await crash(frail.home, "send", ASKED, "submitting → failed", side)
    assert await ends_as(frail, SendStatus.FAILED) == "failed"
    assert handed_over(frail) == 0


@SIDES
async def test_an_answer_that_was_lost_leaves_a_doubt_that_a_person_ends(
    frail: Frail, side: str
) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    await crash(frail.home, "send", ASKED, "submitting → unknown", side)
    assert await ends_as(frail, SendStatus.HELD) == "held"
    assert handed_over(frail) == 1
    async with frail.open() as room:
        (one,) = (await room.desk.held.list(operator())).sends
        assert (one.unknown, one.expires_at) == ((BEN,), None)
        await approve(room, one.send_id)
        await came_to(room, "sent")
    assert handed_over(frail) == 2  # a person's word


@SIDES
async def test_a_doubt_that_nobody_can_end_is_held(frail: Frail, side: str) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    await crash(frail.home, "send", ASKED, "unknown → held", side, MINUTES)
    assert await ends_as(frail, SendStatus.HELD) == "held"
    assert handed_over(frail) == 1


@SIDES
async def test_a_copy_in_sent_ends_a_doubt_without_another_mail(frail: Frail, side: str) -> None:
    frail.smtp.once["DOT"] = HANG_UP

    async def file_the_copy() -> None:
        while not frail.smtp.messages:  # noqa: ASYNC110  # the scripted server rings nothing
            await asyncio.sleep(0.01)
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")

    filing = asyncio.create_task(file_the_copy())
    await crash(frail.home, "send", ASKED, "unknown → sent", side)
    await filing
    assert await ends_as(frail, SendStatus.SENT) == "sent"
    assert handed_over(frail) == 1


@SIDES
async def test_a_doubt_that_the_operator_lets_go_again_goes_with_its_own_message_id(
    frail: Frail, side: str
) -> None:
    frail.account["on_unknown"] = "resend"
    World("account", frail.home, frail.operator).write_settings()
    frail.smtp.once["DOT"] = HANG_UP
    await crash(frail.home, "send", ASKED, "unknown → queued", side, MINUTES)
    assert await ends_as(frail, SendStatus.SENT) == "sent"
    assert handed_over(frail) == 2  # as was set


async def left_in_doubt(frail: Frail, *statuses: SendStatus) -> str:
    """The id of a send whose answer was lost, once it is in one of these states."""
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = Agent(room, "ada", f"agent+ada@{DOMAIN}")
        sent = await ada.send("Ten euros.", BEN, subject="A")
        if SendStatus.HELD in statuses:
            await minutes_pass(frail, room, *statuses)
        return str(sent.send_id)


@SIDES
async def test_a_copy_that_is_met_late_ends_the_doubt_of_a_held_mail(
    frail: Frail, side: str
) -> None:
    await left_in_doubt(frail, SendStatus.HELD)
    frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
    await crash(frail.home, "wait", {}, "held → unknown", side)
    assert await ends_as(frail, SendStatus.SENT) == "sent"
    assert handed_over(frail) == 1


@SIDES
@pytest.mark.parametrize("left_as", [SendStatus.QUEUED, SendStatus.FAILED])
async def test_a_copy_that_is_met_late_ends_the_doubt_of_what_went_on(
    frail: Frail, left_as: SendStatus, side: str
) -> None:
    frail.account["on_unknown"] = "resend"
    World("account", frail.home, frail.operator).write_settings()
    frail.smtp.once["DOT"] = HANG_UP
    later = {SendStatus.QUEUED: ("MAIL", b"451 4.3.0 later\r\n"),
             SendStatus.FAILED: ("RCPT", b"550 5.7.1 rate limited\r\n")}  # fmt: skip
    verb, answer = later[left_as]
    async with frail.open() as room:
        ada = Agent(room, "ada", f"agent+ada@{DOMAIN}")
        await ada.send("Ten euros.", BEN, subject="A")
        frail.smtp.answers[verb] = answer
        await minutes_pass(frail, room, left_as)
    frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
    await crash(frail.home, "wait", {}, f"{left_as} → unknown", side)
    frail.smtp.answers.clear()
    assert await ends_as(frail, SendStatus.SENT) == "sent"
    assert handed_over(frail) == 1


@SIDES
async def test_an_answer_that_a_person_gave_meanwhile_is_not_given_again(
    frail: Frail, side: str
) -> None:
    frail.smtp.answers["RCPT"] = b"450 4.2.1 greylisted\r\n"
    async with frail.open() as room:
        ada = Agent(room, "ada", f"agent+ada@{DOMAIN}")
        frail.imap.deliver(letter(BEN, ada.address, "One?", id="q1@x"))
        (asked,) = (await ada.wait(timeout=30)).messages
        await ada.send("Mine.", thread_id=asked.thread_id)
        await came_to(room, "queued")
    frail.smtp.answers.clear()
    mine = letter(ADDRESS, BEN, "I do.", id="i@laptop", follows="q1@x")
    frail.imap.folders["Sent"].put(mine, at=frail.clock())
    await crash(frail.home, "wait", {}, "queued → failed", side, MINUTES)
    assert await ends_as(frail, SendStatus.FAILED) == "failed"
    assert handed_over(frail) == 0


@SIDES
async def test_a_doubt_whose_mailbox_is_gone_is_dropped_once(frail: Frail, side: str) -> None:
    send_id = await left_in_doubt(frail)
    async with frail.open() as room:
        await room.desk.mailboxes.delete(operator(), f"agent+ada@{DOMAIN}")
    await crash(frail.home, "deny", {"send_id": send_id}, "unknown → denied", side)
    async with frail.open() as room:
        if side == "before":
            await room.desk.held.deny(operator(), send_id)
        await came_to(room, "denied")
    assert handed_over(frail) == 1


@SIDES
async def test_a_report_that_tells_of_a_mail_is_told_of_once(frail: Frail, side: str) -> None:
    async with frail.open() as room:
        ada = Agent(room, "ada", f"agent+ada@{DOMAIN}")
        sent = await ada.send("Ten euros.", BEN, subject="A")
        await came_to(room, "sent")
    told = report((BEN, "failed", "5.1.1"), id=f"{sent.send_id}@{DOMAIN}", to=ada.address)
    frail.imap.deliver(told, "INBOX")
    await crash(frail.home, "wait", {}, "sent → bounced", side)
    async with frail.open() as room:
        await came_to(room, "bounced")
        events = (await room.desk.tracing.events(operator())).events
        assert [event.type for event in events].count("send.reported") == 1
    assert handed_over(frail) == 1
