"""Mail that was handed in over HTTP and answered for: kept until a worker has indexed it.

Whoever handed it in forgets it once it is here. So it does not matter which process takes it, nor
whether any runs at the moment; killed on the way, it is taken again and known by its bytes.
"""

from postroom.index import mail
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.arrivals import Arrival

sql = named("handed_in")


def add(con: Connection, now: float, mailbox_id: int, copy: bytes, arrival: Arrival) -> None:
    """Keep one mailbox's copy of a mail, which arrived so; once, where it is handed in again."""
    content = mail.fingerprint(copy)
    sql.add(
        con,
        mailbox_id=mailbox_id,
        fingerprint=content,
        bytes=copy,
        arrived_at=now,
        **arrival.model_dump(),
    )


def arrival_of(row: Row) -> Arrival:
    """How a copy arrived."""
    return Arrival(client=row["client"], helo=row["helo"], sender=row["sender"])


def first(con: Connection) -> Row | None:
    """The copy that has waited longest, with the address of its mailbox and when that was made."""
    row: Row | None = sql.first(con)
    return row


def some(con: Connection, most: int, most_bytes: int) -> list[Row]:
    """The copies that have waited longest, and of large ones fewer: as many as ``most_bytes`` hold,
    and one more."""
    found: list[Row] = []
    for row in sql.some(con, most=most):
        found.append(row)
        most_bytes -= len(row["bytes"])
        if most_bytes <= 0:
            break
    return found


def taken(con: Connection, id: int) -> None:
    """It has been indexed, or its mailbox has gone."""
    sql.drop(con, id=id)
