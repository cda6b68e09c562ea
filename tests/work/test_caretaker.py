"""The caretaker: mailboxes end, and then their mail goes and leaves nothing behind."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from servers.rooms import ADA, BEN, JumpClock, mailbox, opened, received, send, until

from postroom.build import PostRoom
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.errors import Conflict
from postroom.model.events import EventType
from postroom.work.caretaker import Caretaker
from postroom.work.term import Term

OPERATOR = operator()
WORD = "zanzibarquux"
"""A word that nothing else holds."""

PURGED = "SELECT 1 FROM mailboxes WHERE purged_at IS NOT NULL"
ADDRESS = "ada@agents.localhost"


async def events(room: PostRoom) -> list[str]:
    return await room.index.read(lambda con: [str(e.type) for e in journal.since(con, 0)])


async def correspond(room: PostRoom, **asked: Any) -> None:
    """A mailbox with mail of its own, and mail that came."""
    await mailbox(room, ADA, **asked)
    await mailbox(room, BEN)
    for subject in ("One", "Two", "Three"):
        sent = await send(room, BEN, to=(ADDRESS,), subject=subject, text=f"Of {WORD} {subject}.")
        assert sent.status == "sent"
        await until(room, received(subject))
    await send(room, ADA, to=(ADDRESS,), subject="Own", text=f"My own {WORD}.")
    await until(room, received("Own"))


def rows_left(con: Connection) -> dict[str, int]:
    """How many rows of each kind a mailbox still has."""
    box = "(SELECT id FROM mailboxes WHERE address = 'ada@agents.localhost')"
    own = f"(SELECT id FROM mail WHERE mailbox_id = {box})"
    asked = {
        "messages": f"SELECT count(*) FROM messages WHERE mailbox_id = {box}",
        "raw": f"SELECT count(*) FROM raw WHERE mail_id IN {own}",
        "copies": f"SELECT count(*) FROM copies WHERE mailbox_id = {box}",
        "mentions": f"SELECT count(*) FROM mentions WHERE mailbox_id = {box}",
        "conversations": f"SELECT count(*) FROM conversations WHERE mailbox_id = {box}",
        "folders": f"SELECT count(*) FROM folders WHERE mailbox_id = {box}",
    }
    return {name: con.execute(sql).fetchone()[0] for name, sql in asked.items()}


async def test_a_mailbox_whose_time_is_over_expires_with_an_event_and_receives_no_more(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock) as room:
        await correspond(room, expires_in="1h")
        clock.ahead += 3601
        await until(room, lambda con: con.execute(EXPIRED).fetchone())
        assert (await events(room)).count(EventType.MAILBOX_EXPIRED) == 1
        assert (await send(room, BEN, to=(ADDRESS,), subject="Late")).status == "failed"
        kept = await room.desk.reading.threads(ADA)
        assert len(kept.threads) == 4


EXPIRED = "SELECT 1 FROM mailboxes WHERE status = 'expired'"


async def test_after_retention_the_mail_goes_and_no_row_holds_a_word(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention_days=2) as room:
        await correspond(room, expires_in="1h")
        before = await events(room)
        clock.ahead += 3601 + 86400
        await until(room, lambda con: con.execute(EXPIRED).fetchone())
        assert (await room.index.read(rows_left))["messages"] == 5
        clock.ahead += 86400 + 1
        await until(room, lambda con: con.execute(PURGED).fetchone())
        assert set((await room.index.read(rows_left)).values()) == {0}
        assert not (await room.desk.reading.threads(ADA)).threads
        assert not (await room.desk.reading.threads(ADA, query=WORD)).threads
        assert len((await room.desk.reading.threads(BEN, query=WORD)).threads) == 3
        assert (await events(room))[: len(before)] == before


async def test_of_a_deleted_mailbox_neither_index_nor_mail_server_holds_a_word(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await correspond(room)
        await room.desk.mailboxes.delete(OPERATOR, ADDRESS)
        await until(room, lambda con: con.execute(PURGED).fetchone())
        assert set((await room.index.read(rows_left)).values()) == {0}
    mailstore = sqlite3.connect(tmp_path / "mailserver.db")
    try:
        folders = mailstore.execute("SELECT count(*) FROM folder WHERE address = ?", (ADDRESS,))
        assert folders.fetchone() == (0,)
        stored = mailstore.execute("SELECT data FROM content").fetchall()
        assert not [data for (data,) in stored if f"My own {WORD}".encode() in data]
    finally:
        mailstore.close()


async def test_a_deleted_address_is_nobody_elses(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await room.desk.mailboxes.delete(OPERATOR, ADDRESS)
        await until(room, lambda con: con.execute(PURGED).fetchone())
        with pytest.raises(Conflict):
            await mailbox(room, BEN, username="ada")
        assert not (await room.desk.mailboxes.list(ADA)).mailboxes


async def test_an_old_owner_who_comes_back_finds_an_empty_mailbox_that_works(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention_days=0) as room:
        await correspond(room, expires_in="1h")
        clock.ahead += 3602
        await until(room, lambda con: con.execute(PURGED).fetchone())
        await mailbox(room, ADA, expires_in="1h")
        await send(room, BEN, to=(ADDRESS,), subject="Again")
        await until(room, received("Again"))
        assert len((await room.desk.reading.threads(ADA)).threads) == 1
        clock.ahead += 3602
        await until(room, lambda con: set(rows_left(con).values()) == {0})


async def test_what_became_overdue_while_nobody_worked_expires_at_the_next_start(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, working=False, clock=clock) as room:
        await mailbox(room, ADA, expires_in="60s")
        clock.ahead += 61
        await room.worker.start()
        await until(room, lambda con: con.execute(EXPIRED).fetchone())


async def test_nobody_gets_a_mailbox_back_between_the_caretakers_look_and_its_act(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, working=False, clock=clock, retention_days=2) as room:
        await mailbox(room, ADA, expires_in="1h")
        await mailbox(room, BEN)
        await room.desk.mailboxes.delete(OPERATOR, "ben@agents.localhost")
        clock.ahead += 3601 + 2 * 86400
        forgotten: list[str] = []

        async def forget(address: str) -> None:
            forgotten.append(address)
            for caller in (ADA, operator("ben")):
                if caller.agent == address.partition("@")[0]:
                    with pytest.raises(Conflict) as conflict:
                        await mailbox(room, caller)
                    assert conflict.value.code == "mail_being_removed"

        number = await room.index.write(lambda con: journal.begin_term(con, clock(), 1, "test"))
        caretaker = Caretaker(Term(room.index, number), 2 * 86400, forget)
        await caretaker.round()
        assert sorted(forgotten) == [ADDRESS, "ben@agents.localhost"]
        for caller in (ADA, operator("ben")):
            await mailbox(room, caller)
        await caretaker.round()
        assert len(forgotten) == 2
