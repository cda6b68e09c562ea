"""Figures of the whole room: how much there is, and how often something happened."""

from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.model.metrics import Backlog, Happened

sql = named("metrics")


def backlogs(con: Connection, now: float) -> dict[str, Backlog]:
    """What is in the outbox, by its state."""
    return {
        row["state"]: Backlog(
            many=row["many"],
            oldest_seconds=0.0 if row["oldest"] is None else max(now - row["oldest"], 0.0),
        )
        for row in sql.sends(con, now=now)
    }


def mailboxes(con: Connection) -> dict[str, int]:
    """How many mailboxes there are, by status."""
    return {row["status"]: row["many"] for row in sql.mailboxes(con)}


def ailing(con: Connection) -> int:
    """How many mailboxes have a problem."""
    return int(sql.ailing(con))


def logins(con: Connection) -> dict[str, int]:
    """How many logins elsewhere stand how; those that were never read are ``unread``."""
    return {row["state"] or "unread": row["many"] for row in sql.logins(con)}


def kept_aside(con: Connection) -> int:
    """How many mails a rule keeps from their mailboxes."""
    return int(sql.kept_aside(con))


def waits(con: Connection, now: float) -> int:
    """How many agents wait for mail just now."""
    return int(sql.waits(con, now=now))


def happened(con: Connection, after: int, upto: int) -> list[Happened]:
    """What happened behind a position, up to another one."""
    return [
        Happened(type=row["type"], by_worker=bool(row["by_worker"]), many=row["many"])
        for row in sql.happened(con, after=after, upto=upto)
    ]


def carried(con: Connection, after: int, upto: int) -> list[float]:
    """How long each mail that was sent then had been in the outbox, seconds."""
    return [max(row["seconds"], 0.0) for row in sql.carried(con, after=after, upto=upto)]


def taken_in(con: Connection, after: int, upto: int) -> list[float]:
    """How long each mail that came in then had been on its server, seconds."""
    return [max(row["seconds"], 0.0) for row in sql.taken_in(con, after=after, upto=upto)]


def file_bytes(con: Connection) -> int:
    """How large the index is, without what waits in its write-ahead log."""
    pages = int(con.execute("PRAGMA page_count").fetchone()[0])
    return pages * int(con.execute("PRAGMA page_size").fetchone()[0])
