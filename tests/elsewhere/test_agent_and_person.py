"""An agent and a person write from one account: not both answer, and neither is stopped in vain."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import ADDRESS, Frail, frail_account, received, sends
from elsewhere.worlds import World
from rooms import Agent, eventually, letter
from servers import postroom_processes as processes
from smtp.scripted_smtp import SILENCE

from postroom.build import PostRoom
from postroom.model.answers import SendAnswer
from postroom.work import vigil

BEN = "ben@elsewhere.example"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def came(room: PostRoom, count: int) -> None:
    async def there() -> bool:
        return len(await received(room)) >= count

    await eventually(there, 20)


async def answered(ada: Agent, text: str) -> SendAnswer:
    """What becomes of the agent's answer to the only conversation, which it has read."""
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    await ada.room.desk.reading.thread(ada.caller, thread.thread_id)
    return await ada.send(text, thread_id=thread.thread_id, confirm=True)


def question(to: str, text: str, id: str, *references: str) -> bytes:
    named = " ".join(f"<{each}>" for each in references)
    more = f"References: {named}" if references else ""
    return letter(BEN, to, text, id=id, more=more)


def by_person(to: str, text: str, follows: str) -> bytes:
    return letter(ADDRESS, to, text, id=f"{text.split()[0].lower()}@laptop", follows=follows)


async def test_what_a_person_answered_before_the_question_came_stops_no_answer_to_it(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        now = frail.clock()
        frail.imap.deliver(question(ada.address, "One?", "q1@x"), at=now)
        await came(room, 1)
        # Nothing tells of it before the answer goes out.
        frail.imap.folders["Sent"].put(by_person(BEN, "Yes.", "q1@x"), at=now + 5)
        frail.clock.jump(10)
        second = question(ada.address, "Two?", "q2@x", "q1@x", "yes.@laptop")
        frail.imap.deliver(second, at=now + 10)
        await came(room, 2)
        assert (await answered(ada, "To the second.")).status == "sent"


async def test_what_a_person_only_passed_on_stops_no_answer(frail: Frail) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        frail.imap.deliver(question(ada.address, "One?", "q1@x"))
        await came(room, 1)
        frail.clock.jump(5)
        passed_on = by_person("colleague@corp.test", "FYI", "q1@x")
        frail.imap.folders["Sent"].put(passed_on, at=frail.clock())
        assert (await answered(ada, "I answer.")).status == "sent"


async def test_a_forward_by_a_person_is_no_answer_and_the_mail_still_waits_for_one(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        frail.clock.jump(5)
        frail.imap.folders["Sent"].put(
            by_person("colleague@corp.test", "FYI", "q1@x"), at=frail.clock()
        )
        frail.imap.deliver(question(ada.address, "One?", "q1@x"), at=frail.clock() - 3)
        got = await ada.wait(timeout=30)
        assert [m.untrusted_text for m in got.messages] == ["One?"]


@pytest.mark.parametrize("ended", ["closed", "killed", "killed in a second attempt"])
async def test_what_a_person_answers_while_nobody_works_stops_the_answer_that_waited(
    frail: Frail, ended: str
) -> None:
    frail.smtp.answers["RCPT"] = b"450 4.2.1 greylisted\r\n"
    World("account", frail.home, frail.operator).write_settings()
    async with processes.started(frail.home, "ada") as line:
        made = await line.done("create_mailbox", username="ada")
        frail.imap.deliver(question(made["address"], "One?", "q1@x"))
        thread_id = await waits_in(frail)
        await line.done("get_thread", thread_id=thread_id)
        line.call("send_email", thread_id=thread_id, text="The agent's answer")
        await eventually(lambda: said(frail, "RCPT", 1), 30)
        if ended == "killed in a second attempt":
            frail.smtp.answers["MAIL"] = SILENCE
            await eventually(lambda: said(frail, "MAIL", 2), 30)
        if ended == "closed":
            line.hang_up()
        else:
            processes.kill_hard(line.pid)
        await line.process.wait()
    frail.smtp.answers.clear()
    frail.imap.folders["Sent"].put(by_person(BEN, "I do.", "q1@x"))
    async with processes.started(frail.home, "ada"):
        await processes.eventually(lambda: status(frail) == "failed", 60)
    assert not frail.smtp.messages


async def waits_in(frail: Frail) -> str:
    await processes.eventually(lambda: processes.ask(frail.home, "SELECT 1 FROM messages"))
    (row,) = processes.ask(frail.home, "SELECT public_id FROM threads")
    return str(row[0])


async def said(frail: Frail, verb: str, times: int) -> bool:
    return sum(line.startswith(verb) for line in frail.smtp.commands) >= times


def status(frail: Frail) -> str:
    (row,) = processes.ask(frail.home, "SELECT status FROM sends")
    return str(row["status"])


async def test_what_was_refused_after_an_attempt_in_doubt_says_so_and_is_settled_by_its_copy(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 1.0)
    frail.account["on_unknown"] = "resend"
    frail.smtp.once["DOT"] = b""  # the connection ends there
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await ada.send("Once.", to=BEN)
        frail.smtp.answers["RCPT"] = b"550 5.7.1 rate limited\r\n"
        reason = await becomes(frail, room, "failed")
        assert "Nobody knows whether an attempt before that has reached" in reason
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await becomes(frail, room, "sent")
    assert len(frail.smtp.messages) == 1


@pytest.mark.parametrize("on_unknown", ["resend", "hold"])
async def test_a_copy_that_comes_late_keeps_a_mail_from_going_twice(
    frail: Frail, on_unknown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 1.0)
    frail.account["on_unknown"] = on_unknown
    frail.smtp.once["DOT"] = b""
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await ada.send("Once.", to=BEN)
        frail.smtp.answers["MAIL"] = b"451 4.3.0 later\r\n"
        await becomes(frail, room, "held" if on_unknown == "hold" else "queued")
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await becomes(frail, room, "unknown", "sent")
        del frail.smtp.answers["MAIL"]
        await becomes(frail, room, "sent")
    assert len(frail.smtp.messages) == 1


async def test_a_minute_in_which_sent_cannot_be_searched_is_none(frail: Frail) -> None:
    frail.smtp.once["DOT"] = b""
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["idle"]))
        frail.imap.hangs = True
        frail.imap.cut()
        await ada.send("Once.", to=BEN)
        await frail.jump(room, 70)
        frail.imap.hangs = False
        frail.imap.cut()
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["search"]), 60)
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await becomes(frail, room, "sent")
        assert await sends(room, "attempts") == [(1,)]


async def becomes(frail: Frail, room: PostRoom, *statuses: str) -> str:
    """The reason of the one send, once it stands so; minutes pass meanwhile."""
    found: list[tuple[object, ...]] = []

    async def there() -> bool:
        await frail.jump(room, 2)
        found[:] = await sends(room, "status", "reason")
        return found[0][0] in statuses

    await eventually(there, 60)
    return str(found[0][1])
