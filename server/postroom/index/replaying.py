"""What was filed in the outbox, walked from a time on: for rules that are tried on the past."""

from collections.abc import Iterator

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("replaying")


def before_first_since(con: Connection, at: float) -> int:
    """The row id behind which every send is from ``at`` or later."""
    return int(sql.before_first_since(con, at=at))


def some(con: Connection, after: int, most: int) -> list[Row]:
    """The next sends with their words, mailbox and owner, in order."""
    return list(sql.some(con, after=after, most=most))


def one(con: Connection, public_id: str) -> Row | None:
    """One send in the same way."""
    row: Row | None = sql.one(con, public_id=public_id)
    return row


def recipients(con: Connection, send_id: int) -> Iterator[tuple[str, bool]]:
    """Whom a send was for, in order, and whether each was outside."""
    for row in sql.recipients(con, send_id=send_id):
        yield str(row["address"]), bool(row["outside"])
