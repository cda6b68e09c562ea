"""Full-text search over subject, people and words (FTS5).

Every owner's mail lies together:

    row id = owner × 2^40 + mail id

A search of one owner is a range of row ids, which FTS5 seeks in the list of each word. So a word
that is common in other people's mail costs nothing here (as a word of each row, the owner cost a
walk of all their hits: 3 ms at 100,000 mails, growing with them). The mailbox is a word of each
row. Hits come newest first, by row id, which FTS5 gives without sorting. Scripts that are written
without spaces are found by any run of letters (scripts.py).
"""

import re

from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.index.scripts import LETTERS, count, cut, spaced

sql = named("search")

MAX_WORDS = 24
"""Words of a query that are used: each costs a walk of its own list."""

MAX_WORD_CHARS = 64
"""Characters of a word, or of words tied by dots: FTS5 looks such a row up as one phrase, and a
phrase of hundreds of common words takes it seconds."""

MAX_LONE_LETTERS = 24
"""Letters of a query that are words of their own (scripts.py): a sentence. Each costs a walk of its
own list, and that of a common letter names every mail: at 50,000 mails these 24 take 0.2 s."""

MAX_INDEXED_CHARS = 200_000
"""Characters of one message that are made findable, spaces between lone letters included; a dump of
a megabyte is no conversation."""

OWNER = 2**40
"""Row ids of one owner: more than there will ever be mails."""

NEWEST = OWNER - 1
"""Behind every mail of an owner."""

_LETTER = rf"(?:[{LETTERS}]|[^\W_][\u0300-\u036f]*)"
_WORD = re.compile(rf"{_LETTER}+(?:[_'’.@+-]{_LETTER}+)*")
# A letter with its marks: some systems write "é" as two characters, and FTS5 drops the marks.


def mailbox_word(mailbox_id: int) -> str:
    """The word that every mail of a mailbox carries."""
    return f"mb{mailbox_id}"


def match(query: str, mailbox_id: int | None) -> str | None:
    """The FTS5 expression for what a person typed, or None where it holds no word.

    Each word is quoted, so that nothing in a query is FTS5's own syntax; all must occur.
    """
    words = _words(query)
    if not words:
        return None
    terms = " AND ".join(f'"{spaced(word)}"' for word in words)
    words_match = f"{{subject people words}} : ({terms})"
    if mailbox_id is None:
        return words_match
    return f'box : "{mailbox_word(mailbox_id)}" AND {words_match}'


def phrase(text: str) -> str | None:
    """The FTS5 expression for words that stand beside one another, or None where there are none."""
    words = " ".join(re.findall(r"\w+", text))
    return f'{{subject words}} : "{spaced(words)}"' if words else None


def _words(query: str) -> list[str]:
    words = []
    left = MAX_LONE_LETTERS
    for found in _WORD.finditer(query):
        word = cut(found.group()[:MAX_WORD_CHARS], left)
        if any(letter.isalnum() for letter in word):  # a vowel sign alone is nothing to FTS5
            words.append(word)
        left -= count(word)
        if len(words) == MAX_WORDS:
            break
    return words


def add(con: Connection, row: Row | Fields) -> None:
    """Make a message findable."""
    sql.add(con, **fields(con, row))


def remove(con: Connection, row: Row) -> None:
    """Make a message unfindable."""
    sql.remove(con, **fields(con, row))


def hits(con: Connection, expression: str, owner: int | None, before: int, most: int) -> list[Row]:
    """(mail_id, thread_id) of an owner's mails that match, newest first, older than the mail
    ``before``. Of everybody's where ``owner`` is None: operators pay for sorting all hits."""
    if owner is None:
        return list(sql.hits_of_all(con, match=expression, before=before, most=most))
    first = owner * OWNER
    end = first + min(before, NEWEST)
    return list(sql.hits(con, match=expression, first=first, end=end, most=most))


def newest(con: Connection, owner: int, most: int) -> tuple[int, int]:
    """The range of row ids (from, to before) of an owner's newest mails, ``most`` of each mailbox:
    what is looked for in it costs no more in a room of any size."""
    first = owner * OWNER
    older: int | None = sql.older_than_newest(con, owner=owner, most=most)
    return first + (older or 0), first + NEWEST


def has_newer_hit(con: Connection, expression: str, mail_id: int, thread_id: int) -> bool:
    """Whether a thread was already told of by a newer hit (on a page before this one)."""
    found = sql.newer_hit(con, match=expression, mail_id=mail_id, thread_id=thread_id)
    return found is not None


def fields(con: Connection, row: Row | Fields) -> dict[str, object]:
    """What is searched of a message: a function of its row, so that it can be taken out again."""
    owner = sql.owner(con, mailbox_id=row["mailbox_id"])
    return {
        "rowid": owner * OWNER + row["mail_id"],
        "box": mailbox_word(row["mailbox_id"]),
        "subject": spaced(row["subject"]),
        "people": spaced(
            " ".join((row["from_address"], row["from_name"], row["to_people"], row["cc_people"]))
        ),
        "words": spaced(row["text"][:MAX_INDEXED_CHARS])[:MAX_INDEXED_CHARS],
    }
