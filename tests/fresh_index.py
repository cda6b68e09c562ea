"""The index of a new room, copied from one that is made once a run: two dozen migrations take
longer than most of the tests that need a room.

What migrations do is tested where `migrate` is called by name, and by each program that a test
starts: that makes its index itself.
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from postroom.index import migrations
from postroom.index.database import SCHEMA_VERSION, Connection, connect

really_migrate = migrations.migrate


@pytest.fixture(scope="session", autouse=True)
def fresh_indexes() -> Iterator[None]:
    """Whoever opens a room where none is gets a copy of a migrated index, with a salt and an epoch
    of its own."""
    with (
        closing(sqlite3.connect(":memory:", check_same_thread=False)) as first,
        pytest.MonkeyPatch.context() as patched,
    ):
        one_at_a_time = threading.Lock()

        def migrate(path: Path) -> None:
            with one_at_a_time:
                copy_or_migrate(path)

        def copy_or_migrate(path: Path) -> None:
            with closing(connect(path)) as con:
                empty = _is_empty(con)
                if empty and not _is_empty(first):
                    _copy(first, con)
                    return
            really_migrate(path)
            if empty:
                _keep(path, first)

        patched.setattr(migrations, "migrate", migrate)
        yield


def _is_empty(con: Connection) -> bool:
    return not con.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()


def _keep(path: Path, first: Connection) -> None:
    with closing(connect(path)) as con:
        con.backup(first)
    first.execute("PRAGMA user_version=0")  # a copy is none before it has its own salt


def _copy(first: Connection, con: Connection) -> None:
    first.backup(con)
    con.execute("BEGIN")
    for key, size in (("epoch", 2), ("salt", 16)):
        con.execute("UPDATE meta SET value = ? WHERE key = ?", (secrets.token_hex(size), key))
    con.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    con.execute("COMMIT")
