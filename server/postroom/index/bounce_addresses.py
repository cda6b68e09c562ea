"""Envelope senders that name their send: a tag for each, drawn once."""

from postroom.index import sends
from postroom.index.database import Connection, Row
from postroom.index.ids import new_bounce_tag
from postroom.index.queries import named

sql = named("bounce_addresses")


def tag_of(con: Connection, send_id: int) -> str:
    """The tag of a send; every attempt at it has the same."""
    while (found := sql.tag(con, send_id=send_id)) is None:
        sql.add(con, tag=new_bounce_tag(), send_id=send_id)
    return str(found)


def send_of(con: Connection, tag: str) -> Row | None:
    """The send that a tag names; None for one that was never drawn."""
    found = sql.send(con, tag=tag) if tag else None
    return sends.by_id(con, found) if found is not None else None
