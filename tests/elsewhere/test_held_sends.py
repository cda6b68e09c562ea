"""What a person does with a send of which nobody knows whether its server took it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cli.shell import Program
from elsewhere.frail_account import (
    DOMAIN,
    Frail,
    came_to,
    events,
    frail_account,
    minutes_pass,
)
from rooms import Agent, approve, eventually
from smtp.scripted_smtp import HANG_UP

from postroom.build import PostRoom
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.errors import Conflict, NotFound, Refused

BEN, CAM, DAN = (f"{name}@elsewhere.example" for name in ("ben", "cam", "dan"))


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def held(frail: Frail, room: PostRoom) -> tuple[Agent, SendAnswer]:
    """A mail to one, whose answer was lost and which no Sent folder proves."""
    frail.smtp.once["DOT"] = HANG_UP
    ada = await Agent(room, "ada").open()
    answer = await ada.send(to=BEN, subject="The offer")
    await minutes_pass(frail, room, "held")
    return ada, answer


async def partly_held(frail: Frail, room: PostRoom) -> tuple[Agent, SendAnswer]:
    """A mail that cam got, dan was refused, and of which nobody knows whether ben got it."""
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    frail.smtp.answers["RCPT TO:<DAN"] = b"550 5.1.1 nobody\r\n"
    ada = await Agent(room, "ada").open()
    answer = await ada.send(to=(BEN, CAM, DAN))
    assert answer.status == "queued"
    del frail.smtp.answers["RCPT TO:<BEN"]
    frail.smtp.once["DOT"] = HANG_UP
    await frail.jump(room, 2)
    await came_to(room, "unknown")
    await minutes_pass(frail, room, "held")
    return ada, answer


async def test_what_waits_for_a_person_is_listed_with_what_is_known_of_each(frail: Frail) -> None:
    async with frail.open() as room:
        _, answer = await partly_held(frail, room)
        (one,) = (await room.desk.held.list(operator())).sends
    assert one.send_id == answer.send_id
    assert (one.accepted, one.refused, one.unknown, one.waiting) == ((CAM,), (DAN,), (BEN,), ())
    assert "A person decides" in (one.reason or "")


async def test_an_approved_send_goes_again_with_its_own_message_id(frail: Frail) -> None:
    async with frail.open() as room:
        ada, answer = await held(frail, room)
        send_id = str(answer.send_id)
        waiting = asyncio.create_task(ada.wait(answer.thread_id, answer.after))
        decided = await approve(room, send_id)
        assert (decided.status, decided.goes_to) == ("queued", (BEN,))
        assert (await waiting).outcome == "approved"
        assert await came_to(room, "sent") == ""
        assert (await room.desk.held.list(operator())).sends == ()
    first, second = frail.smtp.messages
    assert first == second
    assert f"<{send_id}@{DOMAIN}>".encode() in second


async def test_an_approved_send_goes_to_nobody_who_has_got_it_or_was_refused(frail: Frail) -> None:
    async with frail.open() as room:
        _, answer = await partly_held(frail, room)
        before = len(frail.smtp.commands)
        decided = await approve(room, answer.send_id)
        assert (decided.goes_to, decided.accepted, decided.refused) == ((BEN,), (CAM,), (DAN,))
        await came_to(room, "sent")
    asked = [line for line in frail.smtp.commands[before:] if line.startswith("RCPT")]
    assert [line.partition(">")[0] for line in asked] == [f"RCPT TO:<{BEN}"]


async def test_a_denied_send_says_who_has_got_it_and_who_has_not(frail: Frail) -> None:
    async with frail.open() as room:
        ada, answer = await partly_held(frail, room)
        decided = await room.desk.held.deny(operator(), str(answer.send_id), "The price changed.")
        reason = await came_to(room, "denied")
        assert decided.reason == reason
        assert decided.operator_note == "The price changed."
        assert f"Already delivered to {CAM}." in reason
        assert f"Refused by the server for {DAN}." in reason
        assert f"Nobody knows whether it was delivered to {BEN}." in reason
        told = await ada.wait(answer.thread_id, answer.after)
        assert (told.outcome, told.reason) == ("denied", reason)
        assert told.operator_note == "The price changed."
        thread = await room.desk.reading.thread(ada.caller, answer.thread_id)
        assert (thread.messages[0].status, thread.messages[0].reason) == ("denied", reason)
        assert thread.messages[0].operator_note == "The price changed."
        assert (await events(room))[-1] == "send.denied"


async def test_nothing_of_a_denied_send_goes_out_any_more(frail: Frail) -> None:
    async with frail.open() as room:
        _, answer = await held(frail, room)
        await room.desk.held.deny(operator(), str(answer.send_id))
        with pytest.raises(Conflict, match="denied"):
            await approve(room, answer.send_id)
    async with frail.open() as room:
        await frail.jump(room, 3600)
        await came_to(room, "denied")
    assert len(frail.smtp.messages) == 1


async def test_what_is_not_held_is_nobodys_to_decide(frail: Frail) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=BEN)
        assert answer.status == "sent"
        with pytest.raises(Conflict, match="It is sent"):
            await room.desk.held.deny(operator(), str(answer.send_id))
        with pytest.raises(NotFound):
            await approve(room, "s_nothing")


async def test_no_agent_lets_its_own_mail_go(frail: Frail) -> None:
    async with frail.open() as room:
        ada, answer = await held(frail, room)
        hash = (await room.desk.held.show(operator(), str(answer.send_id))).hash
        with pytest.raises(Refused, match="operator"):
            await room.desk.held.approve(ada.caller, str(answer.send_id), hash)
        for call in (room.desk.held.deny, room.desk.held.show):
            with pytest.raises(Refused, match="operator"):
                await call(ada.caller, str(answer.send_id))
        with pytest.raises(Refused, match="operator"):
            await room.desk.held.list(ada.caller)
        await came_to(room, "held")


async def test_a_send_whose_mailbox_is_gone_can_still_be_dropped(frail: Frail) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=BEN)
        await room.desk.mailboxes.delete(operator(), ada.address)
        await came_to(room, "unknown")
        (one,) = (await room.desk.held.list(operator())).sends
        assert one.unknown == (BEN,)
        await room.desk.held.deny(operator(), str(answer.send_id))
        await came_to(room, "denied")


async def test_the_command_line_lists_and_drops_what_is_held(frail: Frail, tmp_path: Path) -> None:
    async with frail.open() as room:
        _, answer = await partly_held(frail, room)
    program = Program(frail.home, tmp_path)
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery\n")
    made = await asyncio.to_thread(
        program, "operator", "passphrase", "--new-passphrase-file", str(secret)
    )
    assert made.code == 0, made.err
    listed = await asyncio.to_thread(program, "approvals", "list")
    assert str(answer.send_id) in listed.out
    assert f"has got it: {CAM}" in listed.out
    doctor = await asyncio.to_thread(program, "doctor")
    assert "postroom approvals list" in doctor.out
    deny = ("approvals", "deny", str(answer.send_id), "--passphrase-file", str(secret), "--json")
    done = await asyncio.to_thread(program, *deny)
    assert (done.code, done.json["status"]) == (0, "denied")
    assert (done.json["accepted"], done.json["unknown"]) == ([CAM], [BEN])
    again = await asyncio.to_thread(program, *deny)
    assert (again.code, again.error["code"]) == (1, "send_not_held")
    assert "Nothing waits" in (await asyncio.to_thread(program, "approvals", "list")).out


async def test_a_mail_that_was_held_for_long_is_tried_as_long_as_another(frail: Frail) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        sent = await ada.send(to=BEN, hold_for_review="The price is new.")
        await frail.jump(room, 70 * 3600)
        frail.smtp.once["RCPT"] = b"450 4.2.1 later\r\n"
        await approve(room, sent.send_id)
        await eventually(lambda: asyncio.sleep(0, not frail.smtp.once))
        await frail.jump(room, 2)
        assert await came_to(room, "sent", "failed") == ""
    assert len(frail.smtp.messages) == 1
