"""How much came in and went out, how long answers took, and what became of sends: for operators.

Counted in the rows themselves, of the newest of them alone: a page of figures must not walk years.
"""

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("figures")

NEWEST = 50_000
"""Rows that are looked at for a figure; a walk of so many takes some 20 ms."""

LATEST = 2**62
"""Later than every row."""


def came_in(con: Connection, since: float) -> dict[int, int]:
    """How many mails came in, by the number of the hour since a moment."""
    return {row["hour"]: row["count"] for row in sql.came_in(con, since=since, newest=NEWEST)}


def went_out(con: Connection, since: float) -> dict[int, int]:
    """How many sends a server took, by the number of the hour since a moment."""
    return {row["hour"]: row["count"] for row in sql.went_out(con, since=since, newest=NEWEST)}


def took(con: Connection, since: float) -> list[float]:
    """How many seconds each answer took that went since a moment, the fastest first."""
    return [max(row["seconds"], 0.0) for row in sql.took(con, since=since, newest=NEWEST)]


def queue(con: Connection) -> list[Row]:
    """(status, count, oldest) of each state of a send that is not settled."""
    return list(sql.queue(con))


def deliveries(con: Connection, before: int, most: int) -> list[Row]:
    """Sends older than the row ``before``, newest first, with address and subject."""
    return list(sql.deliveries(con, before=before, most=most))
