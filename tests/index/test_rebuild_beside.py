"""A rebuild in a room that goes on living, is damaged, or is killed: it ends where it should."""

import contextlib
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from email import message_from_bytes
from functools import partial
from typing import Any

import pytest
from index.derived import DAMAGE, DERIVED, again, between_steps, damage, small_steps, snapshot
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.conversations.identifiers import message_ids
from postroom.index import cleaning, purge, rethread, search_anew, threads
from postroom.index.database import Connection
from postroom.model.answers import ThreadSummary
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest, NotFound

SEARCH_TABLES = "SELECT name FROM sqlite_master WHERE name LIKE 'search\\__%' ESCAPE '\\'"


async def made_again(room: PostRoom) -> None:
    """Assert that a rebuild of the room as it stands changes nothing."""
    before = await snapshot(room)
    await again(room)
    after = await snapshot(room)
    for name in DERIVED:
        assert after[name] == before[name], name


@pytest.mark.parametrize("name", DAMAGE)
async def test_what_was_damaged_is_as_it_was_before(
    quiet_room: PostRoom, lived_in: Agent, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    small_steps(monkeypatch, 2)
    before = await snapshot(quiet_room)
    await damage(quiet_room, name)
    assert await snapshot(quiet_room) != before
    await again(quiet_room)
    after = await snapshot(quiet_room)
    for table in DERIVED:
        assert after[table] == before[table], table


async def test_an_id_that_a_rebuild_gave_is_kept_and_leads_on_when_its_thread_joins(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    tied = letter(id="2@x", follows="1@x", subject="Two")
    await postman.bring(ada.address, letter(id="1@x", subject="One"), tied)
    await _reread(quiet_room, letter(id="2@x", subject="Two"))
    ids = {t.untrusted_subject: t.thread_id for t in await _listed(ada)}
    assert len(ids) == 2
    await made_again(quiet_room)
    await _reread(quiet_room, tied)
    assert [t.thread_id for t in await _listed(ada)] == [ids["One"]]
    view = await quiet_room.desk.reading.thread(ada.caller, ids["Two"])
    assert view.thread_id == ids["One"]
    assert len(view.messages) == 2


@pytest.mark.parametrize("seed", range(8))
async def test_after_each_step_messages_are_where_ids_lead_and_lists_count_them(
    quiet_room: PostRoom, ada: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    tied = [letter(id=f"{n}@x", follows=f"{dice.randrange(n)}@x" if n else "") for n in range(16)]
    await postman.bring(ada.address, *tied)
    monkeypatch.setattr(rethread, "MAX_CHANGES", dice.choice((1, 2, 3)))
    came = upto = 0

    async def act() -> None:
        nonlocal came
        assert await quiet_room.index.read(_misplaced) == []
        if came < upto and dice.random() < 0.2:
            came += 1
            follows = f"{dice.randrange(16)}@x> <{dice.randrange(16)}@x"
            await postman.bring(ada.address, letter(id=f"late{came}@x", follows=follows))
            assert await quiet_room.index.read(_misplaced) == []

    for round in range(6):
        upto += 12
        for mail_id, raw in enumerate(tied, 1):
            kept = raw if round % 2 else letter(id=f"{mail_id - 1}@x")
            if round % 2 or dice.random() < 0.5:
                await _misread(quiet_room, mail_id, kept)
        with between_steps(quiet_room, monkeypatch, act):
            await again(quiet_room)
        assert await quiet_room.index.read(_misplaced) == []
        assert await mails_by_thread(quiet_room) == await mails_by_ties(quiet_room)
    assert came > 20


def _misplaced(con: Connection) -> list[tuple[object, ...]]:
    """Messages in a thread that joined another, chains of ids, ids of nothing, wrong counts."""
    return rows(
        con,
        """
        SELECT 'joined', g.mail_id FROM messages g JOIN threads t ON t.id = g.thread_id
        WHERE t.into_id IS NOT NULL
        UNION ALL
        SELECT 'chain', a.id FROM threads a JOIN threads b ON b.id = a.into_id
        WHERE b.into_id IS NOT NULL
        UNION ALL
        SELECT 'nothing', m.id FROM mail m JOIN threads t ON t.id = m.thread_id
        WHERE NOT EXISTS (SELECT 1 FROM messages WHERE thread_id = coalesce(t.into_id, t.id))
        UNION ALL
        SELECT 'count', g.thread_id FROM messages g
        LEFT JOIN conversations c ON c.thread_id = g.thread_id
        GROUP BY g.thread_id HAVING count(*) <> coalesce(c.message_count, 0)
        """,
    )


async def _reread(room: PostRoom, raw: bytes) -> None:
    """Let the second mail be read as ``raw`` says, as if it was understood otherwise before."""
    await _misread(room, 2, raw)
    await again(room)


async def _misread(room: PostRoom, mail_id: int, raw: bytes) -> None:
    question = "UPDATE raw SET bytes = ? WHERE mail_id = ?"
    await room.index.write(lambda con: con.execute(question, (raw, mail_id)) and None)


async def _listed(agent: Agent) -> tuple[ThreadSummary, ...]:
    return (await agent.room.desk.reading.threads(agent.caller)).threads


class Neighbour:
    """Sends, receives and joins threads between the steps of a rebuild, by the dice of a seed."""

    def __init__(self, seed: int, ada: Agent, postman: Postman) -> None:
        self.dice = random.Random(seed)
        self.ada, self.postman = ada, postman
        self.ids: list[str] = []

    async def write(self) -> None:
        """A mail that follows up to three others, or one that is yet to come."""
        own = f"n{len(self.ids)}@x"
        known = [*self.ids, f"n{len(self.ids) + self.dice.randint(1, 5)}@x"]
        follows = self.dice.sample(known, min(len(known), self.dice.choice((0, 0, 1, 1, 2, 3))))
        self.ids.append(own)
        field = f"References: {' '.join(f'<{id}>' for id in follows)}" if follows else ""
        raw = letter(id=own, subject=own, text=f"word{len(self.ids)}", more=field)
        await self.postman.bring(self.ada.address, raw)

    async def answer(self) -> None:
        page = await self.ada.room.desk.reading.threads(self.ada.caller)
        thread_id = self.dice.choice([t.thread_id for t in page.threads] or [""])
        with contextlib.suppress(NotFound, InvalidRequest):  # where its messages are lost for now
            await self.ada.send(f"Answer {self.dice.random()}", thread_id=thread_id, confirm=True)

    async def act(self) -> None:
        if len(self.ids) < 60 and self.dice.random() < 0.35:
            await self.write()
        elif self.dice.random() < 0.1:
            await self.answer()


@pytest.mark.parametrize("seed", range(12))
async def test_beside_arriving_mail_and_joining_threads_it_gives_what_a_later_one_gives(
    quiet_room: PostRoom, ada: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    neighbour = Neighbour(seed, ada, postman)
    for _ in range(20):
        await neighbour.write()
    known = await handed_out(quiet_room)
    damaged = neighbour.dice.sample(sorted(DAMAGE), 3)
    await damage(quiet_room, *damaged)
    small_steps(monkeypatch, neighbour.dice.choice((1, 2, 5)))
    with between_steps(quiet_room, monkeypatch, neighbour.act):
        await again(quiet_room)
    assert len(neighbour.ids) > 25
    await made_again(quiet_room)
    assert await mails_by_thread(quiet_room) == await mails_by_ties(quiet_room)
    assert known <= await handed_out(quiet_room)
    for number, id in enumerate(neighbour.ids, 1):
        page = await quiet_room.desk.reading.threads(ada.caller, query=f"word{number}")
        assert len(page.threads) == 1, (number, id)


async def handed_out(room: PostRoom) -> set[tuple[str, str]]:
    """(thread id, subject) of each mail that an agent finds under the first id of its thread."""

    def look(con: Connection) -> set[tuple[str, str]]:
        question = """SELECT t.public_id, g.subject FROM mail m JOIN threads t ON t.id = m.thread_id
            JOIN messages g ON g.mail_id = m.id AND g.thread_id = coalesce(t.into_id, t.id)"""
        return {(str(id), str(subject)) for id, subject in rows(con, question)}

    return await room.index.read(look)


async def mails_by_thread(room: PostRoom) -> set[frozenset[int]]:
    """The mails of each thread."""

    def look(con: Connection) -> set[frozenset[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for row in con.execute("SELECT thread_id, mail_id FROM messages"):
            found[row["thread_id"]].add(row["mail_id"])
        return {frozenset(mails) for mails in found.values()}

    return await room.index.read(look)


async def mails_by_ties(room: PostRoom) -> set[frozenset[int]]:
    """The mails that hang together, read from their bytes and from what our sends answered."""

    def look(con: Connection) -> set[frozenset[int]]:
        sets: list[set[str | int]] = []
        for row in con.execute(
            "SELECT r.mail_id, r.bytes, s.answers_mail FROM raw r LEFT JOIN sends s USING (mail_id)"
        ):
            head = message_from_bytes(row["bytes"])
            tie: set[str | int] = {row["mail_id"], row["answers_mail"] or row["mail_id"]}
            tie |= {*message_ids(head["Message-ID"]), *message_ids(head["References"] or "")}
            apart = [one for one in sets if not one & tie]
            sets = [*apart, tie.union(*(one for one in sets if one & tie))]
        return {frozenset(key for key in one if isinstance(key, int)) for one in sets}

    return await room.index.read(look)


@pytest.mark.parametrize("step", range(0, 60, 3))
async def test_mail_that_is_purged_beside_it_stays_purged(
    quiet_room: PostRoom,
    lived_in: Agent,
    postman: Postman,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    eve = await Agent(quiet_room, "eve").open()
    await postman.bring(eve.address, letter(id="e@x", subject="Eve", text="apple"))
    await damage(quiet_room, "mentions lost", "conversations lost")
    small_steps(monkeypatch, 2)
    steps = 0
    mentions = partial(rows, question="SELECT DISTINCT mailbox_id FROM mentions")

    async def act() -> None:
        nonlocal steps
        steps += 1
        if steps == step + 1:
            await quiet_room.desk.mailboxes.delete(operator(), lived_in.address)
            while await quiet_room.index.write(_purge):
                pass
        if steps > step:
            assert await quiet_room.index.read(mentions) in ([(2,)], [])

    with between_steps(quiet_room, monkeypatch, act):
        await again(quiet_room)
    assert steps > step
    for table in ("messages", "mentions", "conversations", "raw"):
        count = partial(rows, question=f"SELECT count(*) FROM {table}")
        assert await quiet_room.index.read(count) == [(1,)], table
    assert await quiet_room.index.read(_findable) == [("apple", 1)]
    await made_again(quiet_room)
    await damage(quiet_room, "mentions of nothing")
    await again(quiet_room)
    assert await quiet_room.index.read(mentions) == [(2,)]


def _purge(con: Connection) -> bool:
    if purge.some(con, 1, 3):
        return True
    con.execute("UPDATE mailboxes SET purged_at = 1 WHERE id = 1")
    return False


def _findable(con: Connection) -> list[tuple[object, ...]]:
    """(word, mails) of every word that is left of what stood in the mails of the test."""
    con.execute("PRAGMA query_only = OFF")
    con.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row)")
    found = rows(con, "SELECT term, doc FROM temp.words WHERE term IN ('apple', 'kiwi', 'plum')")
    con.execute("DROP TABLE temp.words")
    return found


class Killed(Exception):
    pass


async def test_killed_at_any_step_and_run_again_it_is_right(
    quiet_room: PostRoom, lived_in: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_steps(monkeypatch, 3)
    before = await snapshot(quiet_room)
    last = 0
    ended = False
    while not ended and last < 500:
        last += 1
        await damage(quiet_room, "every message in another thread", "mentions lost")
        await damage(quiet_room, "conversations lost", "messages lost")
        ended = await _killed_at(quiet_room, monkeypatch, last)
        with monkeypatch.context() as patched:
            small_steps(patched, 200)
            await again(quiet_room)
        assert await snapshot(quiet_room) == before, last
        page = await quiet_room.desk.reading.threads(lived_in.caller, query="apple")
        assert [t.untrusted_subject for t in page.threads] == ["Child"]
    assert ended
    assert last > 20
    left = await quiet_room.index.read(lambda con: rows(con, SEARCH_TABLES))
    assert all("anew" not in str(name) and "old" not in str(name) for (name,) in left)


async def _killed_at(room: PostRoom, monkeypatch: pytest.MonkeyPatch, last: int) -> bool:
    """Whether a rebuild came to its end before its step number ``last``."""
    step = 0

    async def act() -> None:
        nonlocal step
        step += 1
        if step == last:
            raise Killed

    try:
        with between_steps(room, monkeypatch, act):
            await again(room)
    except Killed:
        return False
    return True


async def test_what_a_killed_rebuild_left_goes_with_the_next_purge(
    quiet_room: PostRoom, lived_in: Agent
) -> None:
    write = quiet_room.index.write
    word = await write(search_anew.begin)
    await write(lambda con: search_anew.fill(con, word, 0))
    await write(search_anew.begin)
    await quiet_room.desk.mailboxes.delete(operator(), lived_in.address)
    for _ in range(100):
        if not await write(_purge):
            break
    while await write(lambda con: cleaning.merge(con, cleaning.AT_ONCE)):
        pass
    left = await quiet_room.index.read(lambda con: rows(con, SEARCH_TABLES))
    assert all("old" not in str(name) for (name,) in left)


async def busiest_step(room: PostRoom, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """(rows changed, thousands of SQLite's instructions) of a rebuild's largest transaction."""
    largest = [0, 0]
    write = room.index.write

    async def measured(change: Callable[[Connection], Any]) -> Any:
        def counted(con: sqlite3.Connection) -> Any:
            ticks = 0

            def tick() -> int:
                nonlocal ticks
                ticks += 1
                return 0

            before = con.total_changes
            con.set_progress_handler(tick, 1000)
            try:
                return change(con)
            finally:
                con.set_progress_handler(None, 0)
                largest[0] = max(largest[0], con.total_changes - before)
                largest[1] = max(largest[1], ticks)

        return await write(counted)

    with monkeypatch.context() as patched:
        patched.setattr(room.index, "write", measured)
        await again(room)
    return largest[0], largest[1]


async def test_no_step_grows_with_the_mailbox(
    quiet_room: PostRoom, ada: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_steps(monkeypatch, 20)
    found = []
    for start in (0, 150):
        for number in range(start, start * 5 + 150, 50):
            batch = [
                letter(id=f"{n}@x", follows="root@x" if n % 2 else "", text=f"w{n} " * 20)
                for n in range(number, number + 50)
            ]
            await postman.bring(ada.address, *batch)
        await damage(quiet_room, "everything")
        lost = await busiest_step(quiet_room, monkeypatch)
        await damage(quiet_room, "all messages in one thread", "mentions of another thread")
        found.append((lost, await busiest_step(quiet_room, monkeypatch)))
    count = await quiet_room.index.read(lambda con: rows(con, "SELECT count(*) FROM messages"))
    assert count == [(900,)]
    for small, large in zip(*found, strict=True):
        assert large[0] <= 2 * small[0] <= 400
        assert large[1] <= 2 * small[1] + 5


async def test_a_long_threads_row_is_not_written_over_what_came_meanwhile(
    quiet_room: PostRoom, ada: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_steps(monkeypatch, 3)
    await postman.bring(
        ada.address, *(letter(id=f"{n}@x", follows="root@x", text=f"w{n}") for n in range(10))
    )
    await damage(quiet_room, "conversations of somebody else")
    summary, came = threads.summary, 0

    def looked(con: Connection, thread_id: int) -> threads.Summary | None:
        nonlocal came
        came += 1
        return summary(con, thread_id)

    async def act() -> None:
        if 0 < came < 12:
            await postman.bring(ada.address, letter(id=f"late{came}@x", follows="root@x"))

    with monkeypatch.context() as patched:
        patched.setattr(threads, "summary", looked)
        with between_steps(quiet_room, monkeypatch, act):
            await again(quiet_room)
    await made_again(quiet_room)
    assert len((await snapshot(quiet_room))["messages"]) > 12
