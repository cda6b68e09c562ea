"""What was deleted leaves the bytes of the file, too.

    removed ─► merging ─► merged ─► (write-ahead log emptied) ─► clean

SQLite overwrites what is deleted (secure_delete, database.py). Two things are left:

- FTS5 only notes that a word is gone; the word goes when its segments are merged into one. Its own
  secure-delete needs SQLite 3.42, and files that were written with it are read by no older one. So
  segments are merged, some pages a transaction.
- The write-ahead log holds pages as they were, until it is written back and cut to nothing.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from postroom.index import search_anew
from postroom.index.database import Connection, Row, connect
from postroom.index.queries import named

sql = named("cleaning")

MERGE_PAGES = 64
"""Pages of FTS5 that one step writes, of about 4 kB each: some ten milliseconds."""

BUSY_MS = 50
"""How long emptying the log waits for whoever reads: writers wait for it meanwhile."""

REMOVED, MERGING, MERGED = "removed", "merging", "merged"


AT_ONCE = 0.0

A_DAY = 86_400.0
"""How long words whose time is over may stand in the file: merging writes all of the search anew,
and mail comes to its time every minute."""


def soil(con: Connection, begin: float) -> None:
    """Something was removed: the file has to be cleaned, from ``begin`` (seconds since 1970) on."""
    sql.soil(con, begin=begin)


def state(con: Connection) -> str:
    """How far the cleaning is; "" where the file is clean."""
    row: Row | None = sql.row(con)
    return str(row["state"]) if row else ""


def is_merged(con: Connection) -> bool:
    """Whether only the log has to be emptied yet of what was removed when the merging began."""
    row: Row | None = sql.row(con)
    return row is not None and row["state"] == MERGED


def has_more(con: Connection) -> bool:
    """Whether something was removed since the merging began."""
    row: Row | None = sql.row(con)
    return row is not None and row["again"] is not None


def merge(con: Connection, now: float) -> bool:
    """Merge a piece of the search tables, if it is time; whether there may be more."""
    row: Row | None = sql.row(con)
    if row is None or row["state"] == MERGED or row["begin"] > now:
        return False
    if search_anew.discard(con):
        return True
    # A number below nothing begins, and takes all segments.
    pages = -MERGE_PAGES if row["state"] == REMOVED else MERGE_PAGES
    changed = [_merge(con, table, pages) for table in search_anew.tables(con)]
    sql.set_state(con, state=MERGING if any(changed) else MERGED)
    return any(changed)


def _merge(con: Connection, table: str, pages: int) -> bool:
    """Whether anything was merged: it then changes more than the one row that is always written
    (FTS5's documentation, "The 'merge' command")."""
    before = con.total_changes
    con.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (pages,))
    return con.total_changes - before >= 2


def clean(con: Connection) -> None:
    """The log has been emptied since; what was removed meanwhile has its own turn."""
    if not sql.next(con):
        sql.clean(con)


def empty_log(path: Path) -> bool:
    """Whether the write-ahead log of the file at ``path`` is written back and cut to nothing; not
    while somebody reads an older state of it."""
    try:
        with closing(connect(path)) as con:
            con.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            return not con.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:
        return False
