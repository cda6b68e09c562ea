"""A rebuild makes the same again: ids, threads, search; and nobody is told of news."""

import asyncio
import sqlite3

import pytest
from index.derived import DERIVED, again, snapshot
from rooms import Agent, Postman, TestClock, directions, letter, rows

from postroom.build import PostRoom, open_room
from postroom.index import purge, rebuild, search_anew
from postroom.index.rebuild import rebuild as rebuild_now
from postroom.model.callers import operator
from postroom.model.errors import Unavailable
from postroom.settings import Settings


async def subjects(agent: Agent, query: str) -> list[str]:
    page = await agent.room.desk.reading.threads(agent.caller, query=query)
    return sorted(t.untrusted_subject for t in page.threads)


async def test_a_rebuild_makes_the_same_again_and_tells_nobody(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    before = await snapshot(quiet_room)
    await again(quiet_room)
    after = await snapshot(quiet_room)
    for name in DERIVED:
        assert after[name] == before[name], name
    assert await subjects(lived_in, "apple") == ["Child"]
    assert await subjects(lived_in, "quince") == ["Child"]
    assert await subjects(lived_in, "cherry") == ["No id"]


async def test_everything_derived_can_be_lost_and_is_made_again_from_what_is_primary(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    before = await snapshot(quiet_room)

    def lose(con: sqlite3.Connection) -> None:
        for table in ("messages", "mentions", "conversations"):
            con.execute(f"DELETE FROM {table}")
        con.execute("INSERT INTO search (search) VALUES ('delete-all')")

    await quiet_room.index.write(lose)
    await again(quiet_room)
    after = await snapshot(quiet_room)
    for name in DERIVED:
        assert after[name] == before[name], name
    assert await subjects(lived_in, "apple") == ["Child"]


async def test_signatures_of_mail_that_was_read_before_they_were_told_apart_are_filled_in(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="a@x", text="Fine.\n\n-- \nAda Park"))

    def forget(con: sqlite3.Connection) -> None:
        con.execute("UPDATE messages SET new_text = NULL, signature = ''")

    await quiet_room.index.write(forget)
    await again(quiet_room)
    (row,) = await quiet_room.index.read(
        lambda con: rows(con, "SELECT new_text, signature FROM messages")
    )
    assert row == ("Fine.", "-- \nAda Park")


async def test_ids_of_joined_threads_still_lead_there(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="c@x", follows="b@x"), letter(id="a@x"))
    page = await quiet_room.desk.reading.threads(ada.caller)
    ids = [t.thread_id for t in page.threads]
    assert len(ids) == 2
    await postman.bring(ada.address, letter(id="b@x", follows="a@x"))
    for _ in range(2):
        views = [await quiet_room.desk.reading.thread(ada.caller, id) for id in ids]
        assert views[0].thread_id == views[1].thread_id
        assert [len(v.messages) for v in views] == [3, 3]
        await again(quiet_room)


async def test_an_answered_thread_whose_message_has_no_id_stays_whole(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(subject="Bare"))
    got = await ada.wait()
    thread_id = str(got.messages[0].thread_id)
    sent = await ada.send("Noted.", thread_id=thread_id)
    assert sent.thread_id == thread_id
    await again(quiet_room)
    view = await quiet_room.desk.reading.thread(ada.caller, thread_id)
    assert directions(view) == ["received", "sent"]


async def test_a_rebuild_that_was_killed_does_no_harm(
    quiet_room: PostRoom, lived_in: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await snapshot(quiet_room)
    for name in ("rethread", "_search_again"):
        with monkeypatch.context() as broken:
            broken.setattr(rebuild, name, _killed)
            with pytest.raises(RuntimeError, match="killed"):
                await again(quiet_room)
        assert await snapshot(quiet_room) == before
        assert await subjects(lived_in, "apple") == ["Child"]
    await quiet_room.index.write(search_anew.begin)
    await postman.bring(lived_in.address, letter(id="late@x", subject="Late", text="fig"))
    await again(quiet_room)
    assert await subjects(lived_in, "fig") == ["Late"]
    assert await subjects(lived_in, "apple") == ["Child"]


def _killed(*_: object, **__: object) -> None:
    raise RuntimeError("killed")


async def test_of_two_rebuilds_at_once_one_finishes_and_the_other_says_why_not(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    ends = await asyncio.gather(again(quiet_room), again(quiet_room), return_exceptions=True)
    assert [end.code for end in ends if isinstance(end, Unavailable)] == ["rebuild_overtaken"]
    assert await subjects(lived_in, "apple") == ["Child"]
    left = await quiet_room.index.read(
        lambda con: rows(con, "SELECT name FROM sqlite_master WHERE name LIKE 'search_anew%'")
    )
    assert left == []


async def test_a_message_whose_raw_mail_has_expired_stays_as_it_was_read(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    before = await snapshot(quiet_room)
    await quiet_room.index.write(
        lambda con: con.execute("DELETE FROM raw WHERE mail_id = 2") and None
    )
    report = await rebuild_now(
        quiet_room.index, lambda done, total: None, lambda domain: frozenset()
    )
    assert report.unreadable == 1
    assert (await snapshot(quiet_room))["conversations"] == before["conversations"]
    assert await subjects(lived_in, "apple") == ["Child"]


async def test_a_removed_mailboxes_words_are_gone_from_lists_and_search(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    await quiet_room.desk.mailboxes.delete(operator(), lived_in.address)
    assert (await quiet_room.desk.reading.threads(lived_in.caller)).threads == ()
    assert await subjects(lived_in, "apple") == []
    assert not await quiet_room.index.write(
        lambda con: purge.some(con, 1, 2) and purge.some(con, 1, 1000) and purge.some(con, 1, 9)
    )
    await quiet_room.index.write(
        lambda con: con.execute("INSERT INTO search (search) VALUES ('integrity-check')") and None
    )
    left = await quiet_room.index.read(
        lambda con: rows(con, "SELECT rowid FROM search WHERE search MATCH 'apple'")
    )
    assert left == []


async def test_what_was_rebuilt_is_there_in_the_next_process(
    settings: Settings, clock: TestClock
) -> None:
    async with open_room(settings, program="test", clock=clock) as room:
        ada = await Agent(room, "ada").open()
        await Postman(room).bring(ada.address, letter(id="1@x", subject="Kept", text="apple"))
        await again(room)
    async with open_room(settings, program="test", clock=clock) as room:
        assert await subjects(Agent(room, "ada"), "apple") == ["Kept"]


async def test_what_a_report_says_is_read_from_mail_of_before_it_was(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    words = (
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; ben@far.example\nAction: failed\nStatus: 5.1.1\n\n--b--"
    )
    kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    await postman.bring(ada.address, letter("MAILER-DAEMON@far.example", text=words, more=kind))
    await quiet_room.index.write(
        lambda con: con.execute("UPDATE messages SET reported = '[]', kind = 'message'")
    )
    await again(quiet_room)
    (report,) = (await ada.wait()).messages
    assert (report.kind, report.reported) == ("bounce", ("ben@far.example permanent 5.1.1 dead",))
