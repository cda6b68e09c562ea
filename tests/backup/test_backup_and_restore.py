"""A backup that is made while everything goes on, and the room that is put back from it."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from backup.backups import back_up, places, put_back
from elsewhere.frail_account import Frail, came_to, frail_account
from rooms import Agent, eventually, rows
from servers.rooms import ADA, BEN, drop_off, mailbox, opened, received, send, sends_in, until

from postroom.backup.making import make
from postroom.build import PostRoom
from postroom.clock import system_clock
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest

OPERATOR = operator()
BOX = "ben@agents.localhost"


def subjects(con: Connection) -> Counter[str]:
    found = rows(con, "SELECT subject FROM messages WHERE direction = 'received'")
    return Counter(str(subject) for (subject,) in found)


def subjects_sent(con: Connection) -> Counter[str]:
    found = rows(con, "SELECT g.subject FROM sends s JOIN messages g ON g.mail_id = s.mail_id")
    return Counter(str(subject) for (subject,) in found)


def settled(con: Connection) -> bool:
    return not sends_in("queued", "submitting", "unknown")(con)


async def test_a_backup_under_load_holds_what_was_there_and_nothing_of_it_comes_twice(
    tmp_path: Path,
) -> None:
    home, file, other = places(tmp_path)
    async with opened(home) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await send(room, ADA, to=(BOX,), subject="First")
        await until(room, received("First"))
        waited = await room.desk.waiting.wait(BEN, mailbox=BOX, timeout_seconds=0)
        numbers = itertools.count()

        async def load_it() -> None:
            for number in numbers:
                await send(room, ADA, to=(BOX,), subject=f"S{number}", text="x" * 20_000)

        loading = [asyncio.create_task(load_it()) for _ in range(2)]
        await until(room, received("S5"))
        before = await room.index.read(subjects)
        await back_up(room, file)
        await until(room, lambda con: len(subjects(con)) > len(before) + 3)
        for each in loading:
            each.cancel()
        await asyncio.gather(*loading, return_exceptions=True)
    done = put_back(file, other)
    assert (done.mailboxes, done.set_aside) == (2, None)
    async with opened(other) as room:
        await until(room, settled)
        went = await room.index.read(subjects_sent)
        await until(room, lambda con: subjects(con) >= went)
        found = await room.index.read(subjects)
        assert set(before) <= set(found)
        assert set(found.values()) == {1}
        assert (await room.desk.audit.verify(OPERATOR, done.head)).intact
        assert "room.restored" in await room.index.read(
            lambda con: [row[0] for row in rows(con, "SELECT type FROM journal")]
        )
        with pytest.raises(InvalidRequest) as told:
            await room.desk.waiting.wait(BEN, mailbox=BOX, after=waited.after, timeout_seconds=0)
        assert told.value.code == "cursor_of_another_history"
        await send(room, ADA, to=(BOX,), subject="After it")
        await until(room, received("After it"))


async def test_what_the_builtin_server_took_between_the_two_copies_is_neither_lost_nor_sent_twice(
    tmp_path: Path,
) -> None:
    home, file, other = places(tmp_path)
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await drop_off(room, ADA, to=(BOX,), subject="In the outbox")
        loop, did = asyncio.get_running_loop(), asyncio.Event()

        async def work() -> None:
            await room.worker.start()
            assert await room.worker.settled(15)
            await until(room, received("In the outbox"))
            await send(room, ADA, to=(BOX,), subject="Later")
            await until(room, received("Later"))
            eve = ADA.model_copy(update={"agent": "eve"})
            await mailbox(room, eve)
            await send(room, ADA, to=("eve@agents.localhost",), subject="To a new one")
            await until(room, received("To a new one"))

        def between(done: int, total: int) -> None:
            """The index was copied, and the store not yet."""
            if done == total and not did.is_set():
                did.set()
                asyncio.run_coroutine_threadsafe(work(), loop).result(40)

        await asyncio.to_thread(make, room.settings, file, system_clock, between)
        assert did.is_set()
    done = put_back(file, other)
    assert (done.held, done.asked) == (0, 1)
    async with opened(other) as room:
        await until(room, received("Later"))
        await until(room, lambda con: sends_in("sent")(con))
        found = await room.index.read(subjects)
        assert found == {"In the outbox": 1, "Later": 1}
        await mailbox(room, BEN.model_copy(update={"agent": "eve"}))  # finds nobody's old mail
        await send(room, BEN, to=("eve@agents.localhost",), subject="Hers")
        await until(room, received("Hers"))
        assert "To a new one" not in await room.index.read(subjects)


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def test_what_went_elsewhere_since_is_held_and_then_found_in_sent(
    frail: Frail, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar"
    frail.smtp.answers["RCPT"] = b"451 4.3.0 later\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open("ada")
        await ada.send("Hello.", to=("ben@elsewhere.example",))
        await eventually(lambda: deferred(room), 20)
        await back_up(room, file)
        del frail.smtp.answers["RCPT"]
        await frail.jump(room, 3600)
        await came_to(room, "sent")
    assert len(frail.smtp.messages) == 1
    frail.home = tmp_path / "other"
    done = put_back(file, frail.home)
    assert (done.held, done.asked) == (1, 0)
    async with frail.open() as room:
        ((reason,),) = await room.index.read(
            lambda con: rows(con, "SELECT reason FROM sends WHERE status = 'held'")
        )
        assert "put back from a backup" in str(reason)
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await came_to(room, "sent")
        assert len(frail.smtp.messages) == 1


async def deferred(room: PostRoom) -> bool:
    found = await room.index.read(sends_in("queued"))
    return bool(found) and found[0]["attempts"] > 0


async def test_what_was_held_is_not_approved_by_an_answer_from_before(tmp_path: Path) -> None:
    home, file, other = places(tmp_path)
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        await send(room, ADA, to=(BOX,), hold_for_review="Look.")
        ask = "INSERT INTO questions (token, send_id, hash, at) SELECT x'01', id, 'h', 1 FROM sends"
        await room.index.write(lambda con: con.execute(ask))
        await back_up(room, file)
    put_back(file, other)
    async with opened(other, working=False) as room:
        asked = "SELECT answered_at IS NULL FROM questions"
        assert await room.index.read(lambda con: rows(con, asked)) == [(0,)]
        (held,) = (await room.desk.held.list(OPERATOR)).sends
        shown = await room.desk.held.show(OPERATOR, held.send_id)
        assert shown.reason is not None
        assert "put back from a backup" in shown.reason
        assert "Look" in shown.reason or shown.reason.endswith(".")


async def test_what_the_builtin_server_gets_later_stays_scheduled(tmp_path: Path) -> None:
    home, file, other = places(tmp_path)
    later = system_clock() + 3600
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        await drop_off(room, ADA, to=(BOX,), subject="Later")
        put_off = "UPDATE sends SET not_before = ?"
        await room.index.write(lambda con: con.execute(put_off, (later,)))
        await back_up(room, file)
    done = put_back(file, other)
    assert (done.held, done.asked) == (0, 0)
    async with opened(other, working=False) as room:
        ((at, tried),) = await room.index.read(
            lambda con: rows(con, "SELECT not_before, attempts FROM sends WHERE status = 'queued'")
        )
        assert (at, tried) == (later, 0)
