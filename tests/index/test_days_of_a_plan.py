"""The index numbers the days of a plan as the pure rule does."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.index import reputation
from postroom.index.database import Connection, connect
from postroom.index.migrations import migrate
from postroom.policy.warmup import BY_DOMAIN, BY_MAILBOX, DAY, Plan, numbered

BEGINS = 1_790_000_000.0


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    path: Path = tmp_path_factory.mktemp("days") / "postroom.db"
    migrate(path)
    con = connect(path)
    con.execute("PRAGMA foreign_keys=OFF")
    return con


def fill(con: Connection, times: list[float]) -> None:
    con.execute("DELETE FROM sends")
    con.executemany(
        "INSERT INTO sends (public_id, mailbox_id, mail_id, actor, status, sender, content_hash,"
        " verdict, created_at, not_before, from_domain, outside, outside_at)"
        " VALUES (?, 7, 1, '', 'sent', '', x'00', '{}', 0, 0, 'x.test', 1, ?)",
        ((f"s_{n}", at) for n, at in enumerate(times)),
    )


TIMES = st.lists(
    st.one_of(
        st.integers(-70, 2).map(lambda days: BEGINS + days * DAY),  # just as a day begins
        st.floats(-70, 2).map(lambda days: BEGINS + days * DAY),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(TIMES, st.integers(1, 40))
def test_a_day_has_the_number_that_the_rule_gives_it(
    con: Connection, times: list[float], days: int
) -> None:
    fill(con, times)

    def last_before(before: float) -> float | None:
        return max((at for at in times if at < before), default=None)

    expected = numbered(last_before, BEGINS, days)
    history = reputation.Outside(con, 7)
    for limit, whose in ((BY_DOMAIN, "x.test"), (BY_MAILBOX, "a@x.test")):
        assert history.number(Plan(limit, whose, (1,) * days), BEGINS) == expected
