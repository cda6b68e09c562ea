"""Full-text search over subject, people and words (FTS5).

A mailbox and its owner are words of each row, so that what is searched in one mailbox never walks
the hits of another. Hits come newest first, by row id, which FTS5 gives without sorting.
"""

import re
import secrets

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.errors import Unavailable

sql = named("search")

MAX_WORDS = 24
"""Words of a query that are used: each costs a walk of its own list."""

MAX_INDEXED_CHARS = 200_000
"""Words of one message that are made findable; a dump of a megabyte is no conversation."""

NEWEST = 2**62

_LETTER = r"(?:[^\W_][\u0300-\u036f]*)"
_WORD = re.compile(rf"{_LETTER}+(?:[_'’.@+-]{_LETTER}+)*")
# A letter with its marks: some systems write "é" as two characters, and FTS5 drops the marks.


def mailbox_word(mailbox_id: int) -> str:
    """The word that every mail of a mailbox carries."""
    return f"mb{mailbox_id}"


def owner_word(owner: int) -> str:
    """The word that every mail of an owner carries."""
    return f"ow{owner}"


def match(query: str, scope: str) -> str | None:
    """The FTS5 expression for what a person typed, or None where it holds no word.

    Each word is quoted, so that nothing in a query is FTS5's own syntax; all must occur.
    ``scope`` is a word of `mailbox_word` or `owner_word`, or "" for everything.
    """
    words = [w.group() for w in _WORD.finditer(query)][:MAX_WORDS]
    if not words:
        return None
    terms = " AND ".join(f'"{word}"' for word in words)
    words_match = f"{{subject people words}} : ({terms})"
    return f'box : "{scope}" AND {words_match}' if scope else words_match


def add(con: Connection, row: Row) -> None:
    """Make a message findable."""
    sql.add(con, **fields(con, row))


def remove(con: Connection, row: Row) -> None:
    """Make a message unfindable."""
    sql.remove(con, **fields(con, row))


def hits(con: Connection, expression: str, before: int, most: int) -> list[Row]:
    """(mail_id, thread_id) of mails that match, newest first, older than the mail ``before``."""
    return list(sql.hits(con, match=expression, before=before, most=most))


def has_newer_hit(con: Connection, expression: str, mail_id: int, thread_id: int) -> bool:
    """Whether a thread was already told of by a newer hit (on a page before this one)."""
    found = sql.newer_hit(con, match=expression, mail_id=mail_id, thread_id=thread_id)
    return found is not None


def fields(con: Connection, row: Row) -> dict[str, object]:
    """What is searched of a message: a function of its row, so that it can be taken out again."""
    owner = sql.owner(con, mailbox_id=row["mailbox_id"])
    return {
        "rowid": row["mail_id"],
        "box": f"{mailbox_word(row['mailbox_id'])} {owner_word(owner)}",
        "subject": row["subject"],
        "people": " ".join(
            (row["from_address"], row["from_name"], row["to_people"], row["cc_people"])
        ),
        "words": row["text"][:MAX_INDEXED_CHARS],
    }


_SCHEMA = """CREATE VIRTUAL TABLE search_anew USING fts5 (
  box, subject, people, words, content = '', tokenize = 'unicode61 remove_diacritics 2')"""


def begin_rebuild(con: Connection) -> str:
    """An empty table beside the one in use, and a word that says whose it is. One left by a rebuild
    that was killed, or that goes on elsewhere, is no longer filled."""
    word = secrets.token_hex(8)
    con.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('rebuild', ?)", (word,))
    con.execute("DROP TABLE IF EXISTS search_anew")
    con.execute(_SCHEMA)
    return word


def fill(con: Connection, word: str, rows: list[Row]) -> None:
    """Make messages findable in the new table.

    Raises:
        Unavailable: another rebuild has begun; two that fill one table would count words twice.
    """
    if con.execute("SELECT 1 FROM meta WHERE key = 'rebuild' AND value = ?", (word,)).fetchone():
        con.executemany(
            "INSERT INTO search_anew (rowid, box, subject, people, words)"
            " VALUES (:rowid, :box, :subject, :people, :words)",
            [fields(con, row) for row in rows],
        )
        return
    raise Unavailable(
        "rebuild_overtaken", "Another rebuild of this index has begun.", "Let that one finish."
    )


def finish_rebuild(con: Connection) -> None:
    """The new table takes the old one's place."""
    con.execute("DROP TABLE search")
    con.execute("ALTER TABLE search_anew RENAME TO search")
    con.execute("DELETE FROM meta WHERE key = 'rebuild'")
