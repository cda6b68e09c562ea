"""Figures of the whole room: how much there is, and how often something happened."""

from typing import get_args

from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.model.metrics import Backlog, DeliveryTried, FilesKept, Happened, HooksStanding
from postroom.model.webhooks import Standing

sql = named("metrics")

STANDINGS = get_args(Standing)
"""Of endpoints that events are posted to."""


def backlogs(con: Connection, now: float) -> dict[str, Backlog]:
    """What is in the outbox, by its state."""
    return {
        row["state"]: Backlog(
            many=row["many"],
            oldest_seconds=_age(row["oldest"], now),
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


def handed_in(con: Connection, now: float) -> Backlog:
    """Mail that came over HTTP and is not indexed yet."""
    row = sql.handed_in(con)
    return Backlog(many=row["many"], oldest_seconds=_age(row["oldest"], now))


def uploads(con: Connection, now: float) -> FilesKept:
    """Files that were brought and can be sent yet."""
    row = sql.uploads(con, now=now)
    return FilesKept(many=row["many"], size=row["size"])


def webhooks(con: Connection, now: float) -> dict[str, HooksStanding]:
    """Endpoints, by how they stand."""
    found = dict.fromkeys(STANDINGS, HooksStanding(many=0, events=0, oldest_seconds=0.0))
    for row in sql.webhooks(con):
        found[row["standing"]] = HooksStanding(
            many=row["many"], events=row["events"], oldest_seconds=_age(row["oldest"], now)
        )
    return found


def attempts(con: Connection) -> dict[int, int]:
    """How often each endpoint was ever posted to."""
    return {row["id"]: row["attempts"] for row in sql.attempts(con)}


def tried(con: Connection, id: int, after: int, upto: int) -> list[DeliveryTried]:
    """What became of attempts of an endpoint, as far as they are kept."""
    return [
        DeliveryTried(outcome=row["outcome"], seconds=row["milliseconds"] / 1000)
        for row in sql.tried(con, id=id, after=after, upto=upto)
    ]


def waits(con: Connection, now: float) -> int:
    """How many waits go on for mail on servers elsewhere, in any process."""
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


def _age(since: float | None, now: float) -> float:
    return 0.0 if since is None else max(now - since, 0.0)
