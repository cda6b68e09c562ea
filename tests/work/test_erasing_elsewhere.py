"""Mail that lies on a server of others stays there; what went here is not taken in again."""

import asyncio

import pytest
from rooms import Agent, Postman, TestClock, letter, rows

from postroom.build import PostRoom
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.index import correspondence, journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.retention import Retention
from postroom.work.mailserver import IndexDirectory
from postroom.work.places import Role
from postroom.work.removals import Removals
from postroom.work.term import Term

OPERATOR = operator()
BOB = "bob@far.test"
BOB_WRITES = letter(f"Bob <{BOB}>", text="Of the zanzibarquux.", id="1@far.test", subject="One")
EVE_QUOTES = letter(
    "eve@far.test", text=f"Did {BOB} say so?", id="2@far.test", follows="1@far.test", subject="Two"
)
BOUNCE = letter("eve@far.test", more=f"Reply-To: {BOB.upper()}", id="3@far.test", subject="Three")


async def work(room: PostRoom, kept: Retention) -> None:
    """What a worker does in one of its rounds, beside no server of its own."""
    number = await room.index.read(lambda con: journal.worker(con))
    assert number is not None
    server = EmbeddedServer(
        room.settings.mailstore_file,
        IndexDirectory(room.index, frozenset()),
        ports=Ports(0, 0),
        clock=room.index.clock,
    )
    await Removals(Term(room.index, number["term"]), kept, server).round()


def left(con: Connection) -> list[tuple[object, ...]]:
    return rows(con, "SELECT subject FROM messages ORDER BY mail_id")


@pytest.fixture
async def mail_came(ada: Agent, postman: Postman) -> Agent:
    await postman.bring(ada.address, BOB_WRITES, EVE_QUOTES, BOUNCE)
    return ada


async def erase(room: PostRoom, address: str) -> None:
    now = room.index.clock()
    await room.index.write(lambda con: correspondence.ask(con, now, address, "operator"))
    await work(room, Retention())


async def test_mail_from_a_correspondent_goes_and_others_mail_stays(
    quiet_room: PostRoom, mail_came: Agent
) -> None:
    seen = await quiet_room.desk.correspondence.preview(OPERATOR, BOB)
    assert (seen.mails, seen.named_elsewhere) == (2, 1)
    await erase(quiet_room, BOB)
    assert await quiet_room.index.read(left) == [("Two",)]
    assert await quiet_room.index.read(correspondence.asked) == []
    (thread,) = (await quiet_room.desk.reading.threads(mail_came.caller)).threads
    assert (thread.message_count, thread.participants) == (1, ("eve@far.test",))


async def test_what_was_erased_is_not_taken_in_again_when_its_folder_is_numbered_anew(
    quiet_room: PostRoom, mail_came: Agent, postman: Postman
) -> None:
    await erase(quiet_room, BOB)
    await postman.bring(mail_came.address, BOB_WRITES, EVE_QUOTES, BOUNCE, uid=1)
    await postman.bring(mail_came.address, BOB_WRITES, EVE_QUOTES, BOUNCE, uid=1, uidvalidity=2)
    assert await quiet_room.index.read(left) == [("Two",)]
    new = letter(BOB, text="I am back.", id="4@far.test", subject="Four")
    await postman.bring(mail_came.address, new, uid=9, uidvalidity=2)
    assert await quiet_room.index.read(left) == [("Two",), ("Four",)]


async def test_the_copy_in_sent_of_a_mail_that_was_erased_is_no_new_mail(
    quiet_room: PostRoom, mail_came: Agent, postman: Postman
) -> None:
    await mail_came.send("To you.", to=BOB, subject="Ours")
    (raw, message_id) = await quiet_room.index.read(
        lambda con: rows(
            con,
            "SELECT bytes, message_id FROM raw JOIN messages USING (mail_id)"
            " WHERE direction = 'sent'",
        )[0]
    )
    await quiet_room.index.write(lambda con: con.execute("UPDATE sends SET status = 'sent'"))
    await erase(quiet_room, BOB)
    assert isinstance(raw, bytes)
    altered = letter(mail_came.address, BOB, "To you!", id=str(message_id))
    await postman.bring(mail_came.address, raw, altered, role=Role.SENT)
    await postman.bring(mail_came.address, raw, role=Role.SENT, uid=1, uidvalidity=5)
    assert await quiet_room.index.read(left) == [("Two",)]


async def test_a_wait_goes_on_beside_mail_that_went(
    quiet_room: PostRoom, mail_came: Agent, postman: Postman
) -> None:
    before = await mail_came.wait(timeout=5)
    assert before.outcome == "reply"
    await erase(quiet_room, BOB)
    await postman.bring(mail_came.address, letter(id="5@far.test", subject="Five"))
    after = await mail_came.wait(after=before.after, timeout=5)
    assert [message.untrusted_subject for message in after.messages] == ["Five"]


async def test_a_correspondents_mail_is_taken_away_whole(
    quiet_room: PostRoom, mail_came: Agent
) -> None:
    found = [one async for one in quiet_room.desk.correspondence.export(OPERATOR, f" {BOB} ")]
    assert [one.facts["subject"] for one in found] == ["One", "Three"]
    assert found[0].raw == BOB_WRITES
    assert found[0].facts["text"] == "Of the zanzibarquux."


async def test_mail_of_a_mailbox_with_a_time_of_its_own_goes_by_that_time(
    quiet_room: PostRoom, mail_came: Agent, clock: TestClock
) -> None:
    kept = Retention.model_validate({"mailboxes": {mail_came.address: {"bodies_days": 1}}})
    await work(quiet_room, kept)
    assert await quiet_room.index.read(lambda con: rows(con, "SELECT count(*) FROM raw")) == [(3,)]
    clock.jump(2 * 86_400)
    await work(quiet_room, kept)
    texts = await quiet_room.index.read(
        lambda con: rows(con, "SELECT text, subject FROM messages ORDER BY mail_id")
    )
    assert texts == [("", "One"), ("", "Two"), ("", "Three")]


async def test_a_worker_that_ended_in_the_middle_is_followed_by_one_that_goes_on(
    quiet_room: PostRoom, mail_came: Agent, postman: Postman
) -> None:
    many = [letter(BOB, id=f"many{n}@far.test", subject=f"Many {n}") for n in range(120)]
    await postman.bring(mail_came.address, *many)
    now = quiet_room.index.clock()
    await quiet_room.index.write(lambda con: correspondence.ask(con, now, BOB, "operator"))
    working = asyncio.create_task(work(quiet_room, Retention()))
    while len(await quiet_room.index.read(left)) == 123:
        await quiet_room.index.next_change().wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert len(await quiet_room.index.read(left)) > 1
    assert await quiet_room.index.read(correspondence.asked)
    await work(quiet_room, Retention())
    assert await quiet_room.index.read(left) == [("Two",)]
    assert await quiet_room.index.read(correspondence.asked) == []
    events = await quiet_room.index.read(lambda con: journal.since(con, 0))
    assert events[-1].detail == "122 mails"
