"""Logins elsewhere that are read, how each stands, and who waits for mail there just now."""

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("logins")


def read_since(con: Connection, name: str, now: float) -> float:
    """Since when a login is read; from ``now`` on where it is new."""
    sql.add(con, name=name, since=now)
    return float(sql.since(con, name=name))


def state(con: Connection, name: str) -> Row | None:
    """How a login stands: since, state, state_at, detail."""
    row: Row | None = sql.state(con, name=name)
    return row


def set_state(con: Connection, name: str, state: str, detail: str, at: float) -> bool:
    """Record how a login stands, though it was never read; whether that is news."""
    known = sql.state(con, name=name)
    if known is not None and (known["state"], known["detail"]) == (state, detail):
        return False
    sql.set_state(con, name=name, state=state, at=at, detail=detail)
    return True


def inlet_of(domain: str) -> str:
    """What the inlet of a domain is called among the logins: no account and no address has a space
    in it."""
    return f"lmtp {domain}"


def table_of(domain: str) -> str:
    """What the table of a directory is called among the logins, likewise."""
    return f"table {domain}"


def begin_anew(con: Connection) -> None:
    """Forget how inlets and tables stood: a worker that begins tries each of them."""
    sql.begin_anew(con)


def every(con: Connection) -> list[Row]:
    """All logins, by name."""
    return list(sql.every(con))


def begin_wait(con: Connection, id: str, mailbox_id: int, until: float, now: float) -> None:
    """Somebody waits on a mailbox until ``until``: its watcher may look more often."""
    sql.sweep_waits(con, now=now)
    sql.begin_wait(con, id=id, mailbox_id=mailbox_id, until=until)


def end_wait(con: Connection, id: str) -> None:
    sql.end_wait(con, id=id)


def waits(con: Connection) -> list[Row]:
    """The mailboxes (mailbox_id, address) on which somebody waits, and until when."""
    return list(sql.waits(con))
