"""Idempotency keys of what is made besides sends, which keep their own."""

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("keys")


def known(con: Connection, who: str, key: str) -> Row | None:
    """What a caller's key stands for: ``what``, ``request`` (a hash, as `hash_of` makes it) and
    ``made``."""
    row: Row | None = sql.one(con, actor=who, digest=hash_of(con, key))
    return row


def keep(
    con: Connection, at: float, who: str, key: str, what: str, request: str, made: str
) -> None:
    """Remember what was made with a key, in the transaction that makes it."""
    digest, asked = hash_of(con, key), hash_of(con, request)
    sql.add(con, actor=who, digest=digest, what=what, request=asked, made=made, at=at)


def hash_of(con: Connection, text: str) -> bytes:
    """A text as it is kept: what it said cannot be read from that."""
    return journal.digest(con, text.encode())
