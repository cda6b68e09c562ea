"""SQLite's own check finds nothing wrong with what we write: `doctor` and `backup` go by it."""

import sqlite3
from pathlib import Path

from postroom.index.database import connect
from postroom.index.migrations import migrate


def test_a_row_in_each_table_without_rowid_is_whole_to_every_sqlite(tmp_path: Path) -> None:
    """SQLite 3.40 takes a column for NULL where one that is no key stands before one that is."""
    path = tmp_path / "postroom.db"
    migrate(path)
    con = connect(path)
    con.execute("PRAGMA foreign_keys=OFF")
    tables = con.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")
    for (name,) in tables.fetchall():
        _fill(con, name)
    assert [row[0] for row in con.execute("PRAGMA integrity_check")] == ["ok"]
    con.close()


def _fill(con: sqlite3.Connection, table: str) -> None:
    """A row, each value of its column's type."""
    kinds = {row["name"]: row["type"] for row in con.execute(f"PRAGMA table_info({table})")}
    values = ["x" if kind == "TEXT" else b"x" if kind == "BLOB" else 1 for kind in kinds.values()]
    places = ", ".join("?" * len(values))
    con.execute(f"INSERT INTO {table} ({', '.join(kinds)}) VALUES ({places})", values)
