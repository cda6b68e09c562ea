"""The journal's chain: what was changed, put in, taken out or cut off is found where it is."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from rooms import Agent, approve
from sqlite_utils import Database

from postroom.build import PostRoom
from postroom.desk.records.audit import STEP
from postroom.index import chain, journal, removal
from postroom.index.chain import Head
from postroom.index.database import Connection, connect
from postroom.index.migrations import migrate, migrations
from postroom.model.audit_answers import AuditCheck
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest
from postroom.model.events import EventType
from postroom.model.requests import Edit
from postroom.model.retention import Stage
from postroom.settings import Settings

OPERATOR = operator()


@pytest.fixture
async def talk(quiet_room: PostRoom, settings: Settings) -> PostRoom:
    """A room in which something happened."""
    ada = await Agent(quiet_room, "ada").open()
    for word in ("One", "Two", "Three"):
        await ada.send(f"{word}.", to="ben@far.test", subject=word)
    return quiet_room


@pytest.fixture
def tampering(settings: Settings) -> Iterator[Connection]:
    """Somebody else's program at the file."""
    with closing(sqlite3.connect(settings.index_file, isolation_level=None)) as con:
        yield con


async def verified(room: PostRoom, head: str | None = None) -> AuditCheck:
    return await room.desk.audit.verify(OPERATOR, head)


async def test_what_was_written_is_intact_and_the_head_is_its_last_event(talk: PostRoom) -> None:
    found = await verified(talk)
    assert found.intact
    assert found.events == await talk.index.position() == 5
    assert found.head.startswith("5:")
    assert (await verified(talk, found.head)).intact


@pytest.mark.parametrize(
    ("change", "at", "fault"),
    [
        ("UPDATE journal SET actor = 'agent:default/ben' WHERE position = 3", 3, "changed"),
        ("UPDATE journal SET at = at + 1 WHERE position = 1", 1, "changed"),
        ("UPDATE journal SET type = 'send.denied' WHERE position = 4", 4, "changed"),
        ("UPDATE journal SET detail = x'ff' WHERE position = 5", 5, "changed"),
        ("UPDATE journal SET digest = NULL WHERE position = 4", 4, "changed"),
        ("UPDATE journal SET chain = x'00' WHERE position = 2", 2, "changed"),
        ("UPDATE journal SET chain = NULL WHERE position = 2", 2, "changed"),
        ("DELETE FROM journal WHERE position = 1", 1, "missing"),
        ("DELETE FROM journal WHERE position = 3", 3, "missing"),
        ("DELETE FROM journal WHERE position > 3", 4, "missing"),
        ("DELETE FROM journal", 1, "missing"),
        (
            "INSERT INTO journal (position, at, type, actor) VALUES (0, 1, 'x', 'operator')",
            0,
            "inserted",
        ),
        ("INSERT INTO journal (at, type, actor) VALUES (1.0, 'x', 'operator')", 6, "changed"),
    ],
)
async def test_the_first_event_that_does_not_hold_is_found(
    talk: PostRoom, tampering: Connection, change: str, at: int, fault: str
) -> None:
    tampering.execute(change)
    found = await verified(talk)
    assert (found.intact, found.broken_at, found.fault) == (False, at, fault)
    assert found.events == max(at - 1, 0)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ("UPDATE sends SET verdict = json_set(verdict, '$.action', 'deny') WHERE id = 2", 4),
        ("UPDATE sends SET verdict = json_set(verdict, '$.facts.counts.day', 9) WHERE id = 2", 4),
        ("UPDATE sends SET verdict = json_set(verdict, '$.reason', 'Fine.') WHERE id = 3", 5),
        ("UPDATE sends SET verdict = 'none' WHERE id = 3", 5),
        ("UPDATE sends SET verdict = '[]' WHERE id = 3", 5),
        ("UPDATE sends SET approved = 'feed' WHERE id = 1", 3),
        ("UPDATE sends SET note = 'Yes.' WHERE id = 1", 3),
        ("UPDATE sends SET note = 'Yes.', salt = NULL WHERE id = 1", 3),
        ("UPDATE sends SET review = 'It is right.' WHERE id = 2", 4),
        ("UPDATE sends SET changes = 'subject' WHERE id = 2", 4),
        ("UPDATE sends SET id = 9 WHERE id = 2", 4),
    ],
)
async def test_what_was_decided_and_stands_otherwise_in_the_outbox_is_found(
    talk: PostRoom, tampering: Connection, change: str, at: int
) -> None:
    tampering.execute(change)
    found = await verified(talk)
    assert (found.intact, found.broken_at, found.fault) == (False, at, "decided")


async def test_a_send_that_nothing_was_told_of_is_found(
    talk: PostRoom, tampering: Connection
) -> None:
    row = tampering.execute("SELECT * FROM sends WHERE id = 2")
    names = [column[0] for column in row.description if column[0] not in ("id", "public_id")]
    listed = ", ".join(names)
    tampering.execute(
        f"INSERT INTO sends (public_id, {listed}) SELECT 's_x', {listed} FROM sends WHERE id = 2"
    )
    found = await verified(talk)
    assert (found.broken_at, found.fault) == (5, "untold")


async def test_sends_of_before_decisions_were_sealed_are_no_fault(
    talk: PostRoom, tampering: Connection
) -> None:
    tampering.execute("UPDATE journal SET decided = ''")
    tampering.execute("UPDATE sends SET status = 'held' WHERE id = 1")
    forge(tampering, 1)
    assert (await verified(talk)).intact
    (send_id,) = tampering.execute("SELECT public_id FROM sends WHERE id = 1").fetchone()
    await talk.desk.held.deny(OPERATOR, send_id, "No.")
    assert (await verified(talk)).intact
    lines = [line async for line in talk.desk.audit.export(OPERATOR)]
    assert all(line.verdict for line in lines if line.send_id)
    await Agent(talk, "ada", "ada@agents.localhost").send("Six.", to="ben@far.test")
    assert (await verified(talk)).intact


async def test_a_change_is_found_also_where_a_later_decision_went_over_it(
    talk: PostRoom, tampering: Connection
) -> None:
    tampering.execute("UPDATE sends SET verdict = json_set(verdict, '$.rule', 'x') WHERE id = 2")
    (send_id,) = tampering.execute("SELECT public_id FROM sends WHERE id = 2").fetchone()
    await talk.desk.unsent.cancel(OPERATOR, send_id)
    found = await verified(talk)
    assert (found.broken_at, found.fault) == (6, "decided")


async def test_decisions_that_follow_one_another_hold_also_once_their_words_have_gone(
    talk: PostRoom,
) -> None:
    ada = Agent(talk, "ada", "ada@agents.localhost")
    held = await ada.send("Four.", to="ben@far.test", hold_for_review="Is it?")
    desk, send_id = talk.desk.held, str(held.send_id)
    shown = await desk.show(OPERATOR, send_id)
    await desk.edit(OPERATOR, send_id, shown.hash, Edit(text="Five.", to=("eve@far.test",)))
    await approve(talk, send_id, "Go.")
    assert (await verified(talk)).intact
    await talk.desk.unsent.cancel(OPERATOR, send_id, "Stop.")
    assert (await verified(talk)).intact
    for stage in (Stage.WITHOUT_BYTES, Stage.WITHOUT_WORDS, Stage.GONE):
        await talk.index.write(partial(removal.reduce, mail_id=4, stage=stage))
        assert (await verified(talk)).intact, stage


async def test_an_exported_verdict_is_what_was_told_then_and_not_what_stands_there_now(
    talk: PostRoom, tampering: Connection
) -> None:
    before = [line async for line in talk.desk.audit.export(OPERATOR)]
    tampering.execute("UPDATE sends SET verdict = json_set(verdict, '$.rule', 'forged')")
    assert [line async for line in talk.desk.audit.export(OPERATOR)] == before


async def test_rows_that_changed_places_are_found(talk: PostRoom, tampering: Connection) -> None:
    for sql in ("-1 WHERE position = 3", "3 WHERE position = 4", "4 WHERE position = -1"):
        tampering.execute(f"UPDATE journal SET position = {sql}")
    assert (await verified(talk)).broken_at == 3


async def test_what_was_cut_off_stays_missing_when_the_journal_goes_on(
    talk: PostRoom, tampering: Connection
) -> None:
    tampering.execute("DELETE FROM journal WHERE position > 3")
    await Agent(talk, "ben").open()
    found = await verified(talk)
    assert (found.broken_at, found.fault) == (4, "missing")
    assert await talk.index.position() == 7


def forge(con: Connection, from_position: int) -> None:
    """Make the chain anew behind a position, as whoever can write the file could."""
    con.row_factory = sqlite3.Row
    before = b""
    for row in con.execute("SELECT * FROM journal ORDER BY position").fetchall():
        before = chain.link(before, chain.chained(row))
        if row["position"] >= from_position:
            con.execute("UPDATE journal SET chain = ? WHERE position = ?", (before, row[0]))


async def test_a_chain_that_was_made_anew_is_found_by_a_head_noted_before(
    talk: PostRoom, tampering: Connection
) -> None:
    noted = (await verified(talk)).head
    tampering.execute("UPDATE journal SET actor = 'operator' WHERE position = 3")
    forge(tampering, 3)
    assert (await verified(talk)).intact
    found = await verified(talk, noted)
    assert (found.intact, found.broken_at, found.fault) == (False, 5, "other")


async def test_an_end_that_was_cut_off_with_its_traces_is_found_by_a_head_noted_before(
    talk: PostRoom, tampering: Connection
) -> None:
    noted = (await verified(talk)).head
    tampering.execute("DELETE FROM journal WHERE position > 3")
    tampering.execute("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'journal'")
    found = await verified(talk)
    assert (found.broken_at, found.fault) == (3, "untold")  # two sends without a beginning
    tampering.execute("DELETE FROM sends WHERE id > 1")
    assert (await verified(talk)).intact
    found = await verified(talk, noted)
    assert (found.broken_at, found.fault) == (4, "missing")


@pytest.mark.parametrize(
    "text", ["", "5", "5:", "x:00", "5:zz", "0:" + "00" * 32, "5:" + "00" * 31]
)
async def test_what_is_no_head_is_refused(talk: PostRoom, text: str) -> None:
    with pytest.raises(InvalidRequest):
        Head.read(text)


async def test_a_journal_of_many_steps_is_followed_to_its_end(
    talk: PostRoom, tampering: Connection
) -> None:
    def more(con: Connection) -> None:
        for number in range(STEP + 10):
            journal.append(con, number, EventType.LOGIN_STATE, "worker", detail="é")

    await talk.index.write(more)
    seen: list[int] = []
    whole = await talk.desk.audit.verify(OPERATOR, None, lambda done, total: seen.append(done))
    assert whole.intact
    assert whole.events == STEP + 15
    assert seen[-1] == STEP + 15
    tampering.execute("UPDATE journal SET at = 7.5 WHERE position = ?", (STEP + 9,))
    assert (await verified(talk)).broken_at == STEP + 9


async def test_an_exported_line_tells_what_happened_and_proves_itself(talk: PostRoom) -> None:
    lines = [line async for line in talk.desk.audit.export(OPERATOR)]
    assert [line.position for line in lines] == [1, 2, 3, 4, 5]
    before = b""
    for line in lines:
        written = json.dumps(line.chained, separators=(",", ":"))
        before = hashlib.sha256(before + written.encode("ascii")).digest()
        assert line.chain == before.hex()
    send = lines[-1]
    assert send.who == "agent:default/ada"
    assert send.what in ("send.queued", "send.held")
    assert send.verdict is not None
    assert send.detail == f"{send.verdict['action']} by rule {send.verdict['rule']}"
    assert send.content
    assert (send.send_id or "").startswith("s_")
    assert send.mailbox == "ada@agents.localhost"


async def test_no_exported_line_holds_a_correspondents_address_or_a_word(talk: PostRoom) -> None:
    text = "".join([line.model_dump_json() async for line in talk.desk.audit.export(OPERATOR)])
    assert "ben@far.test" not in text
    assert "Three" not in text


async def test_a_row_that_is_no_event_is_exported_as_it_stands(
    talk: PostRoom, tampering: Connection
) -> None:
    tampering.execute("UPDATE journal SET type = 'x', at = 'noon', chain = 'y' WHERE position = 3")
    lines = [line async for line in talk.desk.audit.export(OPERATOR, after=2)]
    assert lines[0].what == ""
    assert lines[0].chained[:3] == (3, "noon", "x")
    assert lines[1].what == "send.queued"


def test_events_of_before_the_chain_are_chained_by_the_migration(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0012_records")
    con.executemany(
        "INSERT INTO journal (at, type, actor, digest) VALUES (?, 'login.state', 'worker', ?)",
        [(number, bytes([number])) for number in range(50)],
    )
    con.close()
    migrate(path)
    con = connect(path)
    check = chain.Check()
    assert check.follow(chain.rows_after(con, 0, 100)) is None
    assert check.end(chain.tail(con).position) is None
    assert check.head.position == 50
    con.close()
