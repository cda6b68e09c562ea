"""What an agent does with its mail, the same wherever its mailbox lies: on the built-in server, on
Dovecot and Postfix (a login for each, or one account), or handed in by LMTP."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere import worlds
from elsewhere.worlds import KINDS, World
from rooms import Agent, directions, eventually, letter
from servers import postroom_processes as processes

from postroom.build import PostRoom
from postroom.model.requests import AttachmentRequest

PATIENCE = 30


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "builtin":
        return worlds.builtin(tmp_path)
    if request.param == "lmtp":
        return worlds.by_lmtp(tmp_path, request.getfixturevalue("handing_host"))
    host = request.getfixturevalue("mail_host")
    make = {"directory": worlds.on_directory, "account": worlds.on_account}
    return make[request.param](tmp_path, host)


@pytest.fixture
async def room(world: World) -> AsyncIterator[PostRoom]:
    async with world.open() as opened:
        yield opened


async def pair(room: PostRoom) -> tuple[Agent, Agent]:
    """Ada and Ben, under names that no other test has on these servers."""
    some = secrets.token_hex(4)
    return (
        await Agent(room, "ada").open(f"ada-{some}"),
        await Agent(room, "ben").open(f"ben-{some}"),
    )


async def test_agents_talk_and_see_each_others_new_words_alone(room: PostRoom) -> None:
    ada, ben = await pair(room)
    sent = await ada.send("How are you?", to=ben.address, subject="Hello")
    assert sent.status == "sent", sent
    came = await ben.wait(timeout=PATIENCE)
    assert [m.untrusted_text for m in came.messages] == ["How are you?"]
    words = "Well.\n\nOn Mon, 2 Nov 2026 at 10:00, Ada wrote:\n> How are you?"
    answer = await ben.send(words, thread_id=came.messages[0].thread_id)
    assert answer.status == "sent", answer
    back = await ada.wait(sent.thread_id, sent.after, timeout=PATIENCE)
    assert [m.untrusted_text for m in back.messages] == ["Well."]
    whole = await room.desk.reading.thread(ada.caller, str(sent.thread_id), include_quoted=True)
    assert "> How are you?" in str(whole.messages[-1].untrusted_text)
    assert directions(whole) == ["sent", "received"]


async def test_an_attachment_arrives_and_can_be_read(room: PostRoom) -> None:
    ada, ben = await pair(room)
    file = AttachmentRequest(filename="report.txt", text="Ünïcode and 5 * 3.\n" * 2000)
    sent = await ada.send("See the report.", to=ben.address, attachments=(file,))
    assert sent.status == "sent", sent
    came = await ben.wait(timeout=PATIENCE)
    (attached,) = came.messages[0].attachments or ()
    assert attached.untrusted_filename == "report.txt"
    read = await room.desk.attachments.read(ben.caller, attached.attachment_id, max_tokens=200)
    assert str(read.untrusted_text).startswith("Ünïcode and 5 * 3.")


async def test_a_late_message_joins_two_conversations(world: World, room: PostRoom) -> None:
    ada, ben = await pair(room)
    known = await world.credentials(room, ben.address) if world.host is None else None
    some = secrets.token_hex(4)

    async def bring(number: int, follows: str = "", more: str = "") -> None:
        raw = letter(to=ada.address, text=f"Mail {number}.", id=f"{number}.{some}@customer.test")
        if more:
            raw = raw.replace(b"Message-ID:", f"{more}\r\nMessage-ID:".encode(), 1)
        await asyncio.to_thread(world.bring, ada.address, raw, known)

    async def threads(count: int) -> bool:
        listed = await room.desk.reading.threads(ada.caller)
        return len(listed.threads) == count

    await bring(1)
    await bring(2)
    await eventually(lambda: threads(2), PATIENCE)
    both = f"References: <1.{some}@customer.test> <2.{some}@customer.test>"
    await bring(3, more=both)
    await eventually(lambda: threads(1), PATIENCE)
    (one,) = (await room.desk.reading.threads(ada.caller)).threads
    assert one.message_count == 3


async def test_a_wait_goes_on_across_a_restart_of_the_room(world: World) -> None:
    async with world.open() as room:
        ada, ben = await pair(room)
        sent = await ada.send("A question?", to=ben.address, subject="Hello")
        assert sent.status == "sent", sent
        came = await ben.wait(timeout=PATIENCE)
    raw = letter(
        sender="ben@elsewhere.example",
        to=ada.address,
        text="While you were out.",
        id=f"{secrets.token_hex(6)}@customer.test",
        follows=f"{sent.send_id}@{ada.address.partition('@')[2]}",
    )
    if world.host is not None:  # the built-in server takes nothing while no room is open
        await asyncio.to_thread(world.bring, ada.address, raw)
    async with world.open() as room:
        ada = Agent(room, "ada", address=ada.address)
        if world.host is None:
            ben = Agent(room, "ben", address=ben.address)
            await ben.send("While you were out.", thread_id=came.messages[0].thread_id)
        back = await ada.wait(sent.thread_id, sent.after, timeout=PATIENCE)
        assert [m.untrusted_text for m in back.messages] == ["While you were out."]
        again = await ada.wait(sent.thread_id, back.after, timeout=0)
        assert again.outcome == "timeout"


async def test_mail_that_comes_while_a_worker_is_killed_arrives_once(world: World) -> None:
    if world.host is None:
        world.operator.setdefault("retry_hours", 48)
    world.write_settings()
    async with (
        processes.started(world.home, "ada") as one,
        processes.started(world.home, "ada") as two,
    ):
        made = await one.done("create_mailbox", username=f"ada-{secrets.token_hex(4)}")
        address = made["address"]
        row = await processes.eventually(lambda: processes.working(world.home))
        await send_or_bring(world, two, address, 0)
        processes.kill_hard(row["pid"])
        other = two if row["pid"] == one.pid else one
        for number in range(1, 4):
            await send_or_bring(world, other, address, number)
        wanted = {f"Mail {number}." for number in range(4)}
        await processes.eventually(lambda: wanted <= set(texts(world.home)), 60)
        came = await other.done("wait_for_reply", mailbox=address, timeout_seconds=10)
        assert came["outcome"] == "reply"
    assert sorted(texts(world.home)) == sorted(wanted)


async def send_or_bring(world: World, line: processes.Line, to: str, number: int) -> None:
    """A mail comes; on the built-in server, from the mailbox itself."""
    if world.host is None:
        subject = f"Subject {number}"
        with_words = {"to": to, "subject": subject, "text": f"Mail {number}."}
        await line.done("send_email", mailbox=to, **with_words)
        return
    raw = letter(to=to, text=f"Mail {number}.", id=f"{secrets.token_hex(6)}@customer.test")
    await asyncio.to_thread(world.bring, to, raw)


def texts(home: Path) -> list[str]:
    found = processes.ask(home, "SELECT text FROM messages WHERE direction = 'received'")
    return [row["text"].strip() for row in found]
