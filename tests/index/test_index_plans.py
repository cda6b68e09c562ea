"""No query of every day walks a table: what a look costs must not grow with the room."""

import re
import sqlite3
from pathlib import Path

import pytest

import postroom.index
from postroom.index import search_anew
from postroom.index.database import connect
from postroom.index.migrations import migrate

SQL = Path(postroom.index.__file__).parent / "sql"

WHOLE_ROOM = {
    "rebuild.count", "rebuild.count_threads", "rebuild.mailboxes",  # a rebuild walks everything
    "chain.all_rows",  # once, when an index is migrated
    "retention.due", "retention.kept_out_due",  # each mailbox, for what is oldest there
    # an erasure looks at everything
    "correspondence.forget_strays", "correspondence.forget_reports",
    "correspondence.decided_naming", "quarantine.bare_of_sender",
    "hanging.questions_of_before",  # once, when an index is migrated
    "search_anew.is_there", "search_anew.replaced",  # the names of all tables
    "mailboxes.all", "mailboxes.watched", "mailboxes.to_purge",  # every mailbox, on purpose
    # every few seconds at most
    "metrics.mailboxes", "metrics.ailing", "metrics.logins",
    "metrics.webhooks", "metrics.attempts",
    "restoring.open_sends", "restoring.void_questions", "restoring.addresses",  # once, at a restore
    "webhooks.every", "webhooks.tests",  # read when one of them changed
    "domain_checks.every", "domain_checks.states", "domain_checks.broken",  # a handful
    "domain_checks.forget_lost", "domain_checks.forget_lost_checks",
    "domains.every", "domain_keys.one_kept", "domain_keys.unsettled", "reputation.standings",
    "reputation.to_keep_back",
    "reputation.sending_domains",  # the domains of all mailboxes, on purpose
    "logins.every", "logins.begin_anew", "folders.read_up_to",  # once, when a worker begins
}  # fmt: skip


SMALL = re.compile(
    "VIRTUAL|CONSTANT|json_each|sqlite_sequence"
    "|SCAN (waits|w|erasures|to_clear|c|handed_in|days)\\b"
    "|INDEX (strays_by_(age|arrival)|hanging_due|webhooks_parked)"
    "|INDEX sends_(queued|expiring|submitting|unknown|to_file|for_a_person)"
    "|INDEX (mailboxes_to_serve|quarantine_waiting)"
    "|SCAN \\(subquery-\\d+\\)"
)
"""Walks that are none: FTS5's own look-up, lists in the question, tables and indexes of a handful
of rows, an index that is read from one end, what a query within has found (by an index, or it is
named here itself)."""


def queries() -> list[tuple[str, str]]:
    """(name, statement) of every named query."""
    found = []
    for file in sorted(SQL.glob("*.sql")):
        for part in file.read_text(encoding="utf-8").split("-- name: ")[1:]:
            name = re.split(r"\W", part, maxsplit=1)[0]
            lines = part.splitlines()[1:]
            statement = "\n".join(line for line in lines if not line.startswith("--"))
            found.append((f"{file.stem}.{name}", statement.strip().rstrip(";")))
    return found


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("plans") / "postroom.db"
    migrate(path)
    con = connect(path)
    search_anew.begin(con)  # its queries name a table that is there only during a rebuild
    return con


@pytest.mark.parametrize(("name", "statement"), queries(), ids=[name for name, _ in queries()])
def test_a_query_finds_its_rows_by_an_index(
    con: sqlite3.Connection, name: str, statement: str
) -> None:
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    plan = [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    walks = [step for step in plan if step.startswith("SCAN") and not SMALL.search(step)]
    assert bool(walks) == (name in WHOLE_ROOM), plan


@pytest.mark.parametrize("name", ["same_content", "moved_back", "same_content_elsewhere"])
def test_a_known_mail_is_found_by_its_bytes_and_not_by_its_folder(
    con: sqlite3.Connection, name: str
) -> None:
    """By the folder, each mail costs a walk of all that lie there: ten thousand, a hundred times
    as slow as a hundred."""
    statement = dict(queries())[f"folders.{name}"]
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    plan = [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert "mail_by_content" in plan[0], plan
