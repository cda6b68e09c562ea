"""What a person sends from a mailbox is found in Sent, later than it was sent."""

import pytest
from rooms import Agent, Postman, TestClock, directions, letter, rows

from postroom.build import PostRoom
from postroom.index import threads
from postroom.model.answers import ThreadView
from postroom.work.places import Role

HANDED_ON = "Received: from client.example by post.localhost; Thu, 1 Jan 2026 00:00:00 +0000"


def answer(ada: Agent, follows: str, id: str = "answer@laptop.test", more: str = "") -> bytes:
    return letter(ada.address, "ben@elsewhere.example", "Yes.", id=id, follows=follows, more=more)


async def only_thread(ada: Agent) -> ThreadView:
    (listed,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    return await ada.room.desk.reading.thread(ada.caller, listed.thread_id)


async def awaiting(ada: Agent) -> int:
    (listed,) = (await ada.room.desk.mailboxes.list(ada.caller)).mailboxes
    return listed.awaiting_answer


async def test_an_answer_answers_nothing_that_came_after_it(
    quiet_room: PostRoom, postman: Postman, ada: Agent, clock: TestClock
) -> None:
    await postman.bring(ada.address, letter(text="One?", id="1@x"))
    clock.jump(10)
    sent_at = clock()
    clock.jump(10)
    await postman.bring(ada.address, letter(text="Two, urgent!", id="2@x", follows="1@x"))
    await postman.bring(ada.address, answer(ada, "1@x"), role=Role.SENT, at=sent_at)
    thread = await only_thread(ada)
    assert [m.untrusted_text or m.text for m in thread.messages] == [
        *("One?", "Yes.", "Two, urgent!"),
    ]
    assert await awaiting(ada) == 1
    got = await ada.wait(timeout=0)
    assert [m.untrusted_text for m in got.messages] == ["Two, urgent!"]


async def test_what_came_after_a_persons_answer_waits_when_it_is_found_out_anew(
    quiet_room: PostRoom, postman: Postman, ada: Agent, clock: TestClock
) -> None:
    await postman.bring(ada.address, letter(text="One?", id="1@x"))
    clock.jump(10)
    sent_at = clock()
    clock.jump(10)
    await postman.bring(ada.address, letter(text="Two!", id="2@x", follows="1@x"))
    await postman.bring(ada.address, answer(ada, "1@x"), role=Role.SENT, at=sent_at)
    await quiet_room.index.write(lambda con: threads.repend(con, 1))
    waiting = await quiet_room.index.read(
        lambda con: rows(con, "SELECT text, pending FROM messages ORDER BY at")
    )
    assert waiting == [("One?", 0), ("Yes.", 0), ("Two!", 1)]


@pytest.mark.parametrize("slow", [0.0, 2.0, 300.0])
async def test_an_answer_comes_after_what_it_answers_whatever_its_servers_clock(
    quiet_room: PostRoom, postman: Postman, ada: Agent, clock: TestClock, slow: float
) -> None:
    await postman.bring(ada.address, letter(text="One?", id="1@x"))
    sent_at = float(int(clock())) - slow
    await postman.bring(ada.address, answer(ada, "1@x"), role=Role.SENT, at=sent_at)
    thread = await only_thread(ada)
    assert directions(thread) == ["received", "sent"]
    assert await awaiting(ada) == 0
    assert (await ada.wait(timeout=0)).outcome == "timeout"


async def test_a_second_copy_in_sent_that_is_copied_to_inbox_is_still_ours(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    await postman.bring(ada.address, letter(text="One?", id="1@x"))
    second = answer(ada, "1@x", more="X-Mozilla-Status: 0001")
    await postman.bring(ada.address, answer(ada, "1@x"), second, role=Role.SENT)
    await postman.bring(ada.address, second)
    assert directions(await only_thread(ada)) == ["received", "sent"]
    assert await awaiting(ada) == 0


async def test_what_somebody_sends_to_himself_is_received(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    note = letter(ada.address, ada.address, "A note to self.", id="note@laptop.test")
    await postman.bring(ada.address, note, role=Role.SENT)
    await postman.bring(ada.address, HANDED_ON.encode() + b"\r\n" + note)
    assert directions(await only_thread(ada)) == ["sent", "received"]


async def test_a_received_mail_that_is_copied_to_sent_is_not_its_senders_copy(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    ben = await Agent(quiet_room, "ben").open()
    await ada.send("Hello.", to=ben.address)
    ((raw,),) = await quiet_room.index.read(lambda con: rows(con, "SELECT bytes FROM raw"))
    assert isinstance(raw, bytes)
    came = HANDED_ON.encode() + b"\r\n" + raw
    await postman.bring(ben.address, came)
    await postman.bring(ben.address, came, role=Role.SENT)
    lying = await quiet_room.index.read(
        lambda con: rows(
            con,
            "SELECT b.address, c.folder FROM copies c JOIN mailboxes b ON b.id = c.mailbox_id"
            " ORDER BY c.folder",
        )
    )
    assert lying == [(ben.address, "INBOX"), (ben.address, "Sent")]
    assert await awaiting(ben) == 1


async def test_a_mail_that_is_delivered_for_two_addresses_of_a_mailbox_is_one(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    mail = letter(text="Once.", id="1@x")
    above = [f"Delivered-To: {to}\r\n{HANDED_ON}\r\n" for to in ("ada@x", "ada+y@x")]
    await postman.bring(ada.address, *(each.encode() + mail for each in above))
    other = letter(text="Twice?", id="1@x")
    await postman.bring(ada.address, HANDED_ON.encode() + b"\r\n" + other)
    texts = [m.untrusted_text for m in (await only_thread(ada)).messages]
    assert texts == ["Once.", "Twice?"]
