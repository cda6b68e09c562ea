"""What is due costs a look as much as it gives, however much waits; and what a pause keeps goes
out of its way."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from index.outbox import ADA, BEN, outbox, queue

from postroom.index import carrying, reputation
from postroom.index.database import Connection
from postroom.policy.reputation import Against, Cause, Tally
from postroom.work import waiting_on

NOW = 1_790_000_000.0
MOST = 20


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Connection]:
    with outbox(tmp_path) as con:
        yield con


def wait(con: Connection, many: int, box: int = ADA, outside: int = 1, at: float = -60) -> None:
    """Queue so many mails that are to go so many seconds from now."""
    queue(con, many, NOW + at, box, outside)


def steps(con: Connection) -> int:
    """What SQLite does for a look, in hundreds of its steps."""
    seen = itertools.count()
    con.set_progress_handler(lambda: int(next(seen) < 0), 100)
    carrying.due(con, NOW, MOST)
    carrying.next_due(con)
    con.set_progress_handler(None, 0)
    return next(seen)


def due(con: Connection) -> list[int]:
    return [send.id for send in carrying.due(con, NOW, MOST)]


def test_a_look_costs_as_much_with_thousands_due_or_scheduled_as_with_a_few(
    con: Connection,
) -> None:
    wait(con, 2 * MOST)
    wait(con, 2 * MOST, box=BEN)
    few = steps(con)
    wait(con, 3_000)
    wait(con, 3_000, at=60)
    assert steps(con) <= few + 2


def test_of_each_domain_those_are_looked_at_that_are_due_for_the_longest(con: Connection) -> None:
    wait(con, 3, at=-1)
    wait(con, MOST + 5)
    wait(con, 2, box=BEN, at=0)
    wait(con, 2, box=BEN, at=1)
    assert due(con) == [*range(4, 4 + MOST), MOST + 9, MOST + 10]
    con.execute("UPDATE sends SET status = 'sent' WHERE id BETWEEN 4 AND ?", (MOST + 8,))
    assert due(con) == [1, 2, 3, MOST + 9, MOST + 10]


def test_while_a_pause_begins_mail_within_the_room_goes_first_and_the_rest_is_kept_at_once(
    con: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_on, "KEPT_AT_ONCE", 3 * MOST)
    wait(con, 5 * MOST)
    wait(con, 1, outside=0)
    within = con.execute("SELECT max(id) FROM sends").fetchone()[0]
    wait(con, 1, at=60)
    reputation.pause(con, NOW, "one.test", Tally(100, Against(9, 9)), Cause.BOUNCES)
    assert due(con) == [within]
    for left in (2 * MOST, 0):
        before = con.total_changes
        waiting_on.keep_back(con, NOW)
        assert con.total_changes > before
        asked = "SELECT count(*) FROM sends WHERE paused = 0 AND outside = 1 AND not_before < ?"
        assert con.execute(asked, (NOW,)).fetchone()[0] == left
    assert reputation.to_keep_back(con, NOW) == []
    assert reputation.kept(con, "one.test") == 5 * MOST
    told = "SELECT count(*) FROM journal WHERE type = 'send.deferred' AND detail = 'paused'"
    assert con.execute(told).fetchone()[0] == 5 * MOST
    assert due(con) == [within]
