"""A new search table that a rebuild fills beside the one in use.

    search_anew ─► search ─► search_old_… ─► nothing, a piece at a time

Dropping a table of 50,000 mails at once keeps every writer waiting for a third of a second, or
longer where what goes is overwritten (secure_delete).
"""

import secrets
from operator import itemgetter

from postroom.index import search
from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.model.errors import Unavailable

sql = named("search_anew")

STEP = 50
"""Messages made findable in one transaction."""

STEP_CHARS = 50_000
"""Characters made findable in one transaction, and one message more: about 30 milliseconds."""

STEP_PIECES = 250
"""Rows of an old table that go in one transaction: FTS5 keeps about 4 kB in each."""

SMALLEST_PIECE = 11
"""Its first row ids hold what FTS5 needs to open the table at all: averages (1), structure (10)."""

_SCHEMA = """CREATE VIRTUAL TABLE search_anew USING fts5 (
  box, subject, people, words, content = '', tokenize = 'unicode61 remove_diacritics 2')"""


def begin(con: Connection) -> str:
    """An empty table beside the one in use, and a word that says whose it is. One left by a rebuild
    that was killed, or that goes on elsewhere, is no longer filled."""
    word = secrets.token_hex(8)
    con.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('rebuild', ?)", (word,))
    if _is_there(con):
        _set_aside(con, "search_anew")
    con.execute(_SCHEMA)
    return word


def fill(con: Connection, word: str, after: int) -> int | None:
    """Make some messages behind the mail ``after`` findable in the new table: the last one of them,
    or None once there are no more and the table has taken the old one's place.

    The messages are read here, in the transaction: what is purged is not made findable again.

    Raises:
        Unavailable: another rebuild has begun; two that fill one table would count words twice.
    """
    if sql.is_ours(con, word=word) is None:
        raise Unavailable(
            "rebuild_overtaken", "Another rebuild of this index has begun.", "Let that one finish."
        )
    rows = _some(con, after)
    if not rows:
        _set_aside(con, "search")
        con.execute("ALTER TABLE search_anew RENAME TO search")
        con.execute("DELETE FROM meta WHERE key = 'rebuild'")
        return None
    # FTS5 writes out what it holds whenever a row id is below the last one.
    for held in sorted((search.fields(con, row) for row in rows), key=itemgetter("rowid")):
        sql.add(con, **held)
    return int(rows[-1]["mail_id"])


def remove(con: Connection, row: Row) -> bool:
    """Make a message unfindable that a rebuild has made findable in its new table already; whether
    it had."""
    if not _is_there(con):
        return False
    held = search.fields(con, row)
    if sql.holds(con, rowid=held["rowid"]) is None:
        return False
    sql.remove(con, **held)
    return True


def replace(con: Connection, before: Row, after: Fields) -> None:
    """Make a message findable by other words in that table, where it was findable there."""
    if remove(con, before):
        sql.add(con, **search.fields(con, after))


def tables(con: Connection) -> list[str]:
    """The search tables that are in use or being filled."""
    return ["search", *(["search_anew"] if _is_there(con) else [])]


def discard(con: Connection) -> bool:
    """Remove a piece of a table that another has replaced; whether there may be more."""
    name = sql.replaced(con)
    if name is None:
        return False
    pieces = _thin(con, f"{name}_data", SMALLEST_PIECE) + _thin(con, f"{name}_docsize", 0)
    if not pieces:
        con.execute(f"DROP TABLE {name}")
    return True


def _thin(con: Connection, table: str, first: int) -> int:
    question = f"SELECT id FROM {table} WHERE id >= {first} LIMIT {STEP_PIECES}"  # names of ours
    return con.execute(f"DELETE FROM {table} WHERE id IN ({question})").rowcount


def _some(con: Connection, after: int) -> list[Row]:
    found: list[Row] = []
    left = STEP_CHARS
    for row in sql.messages(con, after=after, most=STEP):
        found.append(row)
        left -= min(len(row["text"]), search.MAX_INDEXED_CHARS)
        if left <= 0:
            break
    return found


def _set_aside(con: Connection, table: str) -> None:
    con.execute(f"ALTER TABLE {table} RENAME TO search_old_{secrets.token_hex(8)}")


def _is_there(con: Connection) -> bool:
    return sql.is_there(con) is not None
