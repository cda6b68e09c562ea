"""Files that were brought before the mail they go out with, kept for a day.

A file comes in parts, each a short transaction: however large it is and however slowly it comes,
nobody waits for it, and no more than a part of it is in memory. Until it is whole it is nobody's.
"""

from dataclasses import dataclass

from postroom.index import cleaning, journal
from postroom.index.database import Connection, Row
from postroom.index.ids import new_upload_id
from postroom.index.queries import named
from postroom.model.errors import Unavailable
from postroom.model.events import EventType

sql = named("uploads")

ARRIVING_SECONDS = 300.0
"""How long its next part may take to come, of 1 MiB: at the slowest that a request may be, a little
over two minutes. Of one whose process was killed nobody says that it broke off: so long it stays.
"""

KEPT_SECONDS = 86_400.0
"""How long a file is kept: who sends it again within that time names the same one."""

PARTS_AT_ONCE = 8
"""Parts that go in one transaction: what is deleted is overwritten."""


@dataclass(frozen=True)
class NewUpload:
    """A file that begins to come."""

    owner: int | None
    """None for the operator's own."""
    confined: str
    """What of its agent's its bringer sees; "" for all."""
    filename: str
    content_type: str


@dataclass(frozen=True)
class Kept:
    """What an owner has there."""

    count: int
    size: int
    """Bytes."""


def begin(con: Connection, now: float, new: NewUpload) -> int:
    """The row id of a file that begins to come."""
    return int(
        sql.add(
            con,
            public_id=new_upload_id(),
            owner=new.owner,
            confined=new.confined,
            filename=new.filename,
            content_type=new.content_type,
            created_at=now,
            expires_at=now + ARRIVING_SECONDS,
        )
    )


def add_part(con: Connection, now: float, upload_id: int, number: int, part: bytes) -> bool:
    """The next bytes of it, ``number`` from 0; False where its time to come is over."""
    if not sql.grow(con, id=upload_id, by=len(part), now=now, expires_at=now + ARRIVING_SECONDS):
        return False
    sql.add_part(con, upload_id=upload_id, number=number, bytes=part)
    return True


def end(con: Connection, now: float, upload_id: int, who: str, digest: bytes) -> Row:
    """All of it is there: from now on it has a name."""
    in_time = sql.whole(con, id=upload_id, now=now, expires_at=now + KEPT_SECONDS)
    row: Row | None = sql.by_id(con, id=upload_id)
    if row is None or not in_time:
        raise Unavailable("upload_too_slow", "The file took too long to come.", "Send it anew.")
    journal.append(con, now, EventType.FILE_UPLOADED, who, digest=digest, detail=row["public_id"])
    return row


def break_off(con: Connection, upload_id: int) -> None:
    """The rest of it does not come. What is there of it goes with the next round."""
    sql.over(con, id=upload_id)


def kept(con: Connection, owner: int | None) -> Kept:
    """What an owner has there, with what is just coming."""
    row: Row = sql.kept(con, owner=owner)
    return Kept(row["count"], row["size"])


def by_public_id(con: Connection, now: float, public_id: str) -> Row | None:
    """A whole file by its id, in its time."""
    row: Row | None = sql.by_public_id(con, public_id=public_id, now=now)
    return row


def content(con: Connection, upload_id: int) -> bytes:
    """Its bytes."""
    return b"".join(row["bytes"] for row in sql.parts(con, upload_id=upload_id))


def is_overdue(con: Connection, now: float) -> bool:
    """Whether the time of any is over."""
    return sql.overdue(con, now=now) is not None


def remove_some(con: Connection, now: float) -> bool:
    """Remove a piece of one whose time is over; whether there may be more."""
    row: Row | None = sql.overdue(con, now=now)
    if row is None:
        return False
    if sql.drop_some_parts(con, upload_id=row["id"], most=PARTS_AT_ONCE):
        cleaning.soil(con, now + cleaning.A_DAY)
        return True
    sql.drop(con, id=row["id"])
    if row["whole"]:  # of another nobody was ever told
        journal.append(con, now, EventType.FILE_EXPIRED, "worker", detail=row["public_id"])
    return True
