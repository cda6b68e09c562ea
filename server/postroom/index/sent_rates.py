"""When sends went out, or are to: counted in the outbox itself, in the caller's transaction.

A send's time is when it was filed or, where that is later, when it is to go or last stood still
(``max(created_at, not_before)``). What waits for a person or never goes counts nothing. There is no
counter beside the outbox that could say something else.
"""

from collections.abc import Iterator

from postroom.index.database import Connection
from postroom.index.queries import named

sql = named("sent_rates")


def since(con: Connection, mailbox_id: int, owner: int, at: float, most: int) -> tuple[int, int]:
    """How many sends of a mailbox, and of its owner, are later than ``at``: at most ``most``."""
    return (
        int(sql.mailbox_since(con, mailbox_id=mailbox_id, since=at, most=most)),
        int(sql.owner_since(con, owner=owner, since=at, most=most)),
    )


def of_mailbox(con: Connection, mailbox_id: int, nth: int, since: float) -> float | None:
    """The time of a mailbox's ``nth`` newest send (from 1), where it is later than ``since``."""
    found: float | None = sql.of_mailbox(con, mailbox_id=mailbox_id, since=since, skip=nth - 1)
    return found


def of_owner(con: Connection, owner: int, nth: int, since: float) -> float | None:
    """The same of all mailboxes of an owner."""
    found: float | None = sql.of_owner(con, owner=owner, since=since, skip=nth - 1)
    return found


def to_address(con: Connection, tenant: str, address: str, nth: int, since: float) -> float | None:
    """The time of the oldest of the ``nth`` newest sends to an address (lower case), by whomever of
    a tenant; None where there are fewer, or that one is not later than ``since``."""
    last = sql.nth_to_address(con, tenant=tenant, address=address, skip=nth - 1)
    if last is None or last <= since:  # as nearly always; else all of them are looked at
        return None
    count, oldest = sql.to_address(con, tenant=tenant, address=address, most=nth)
    return oldest if count >= nth and oldest > since else None


def to_domain(con: Connection, tenant: str, domain: str, nth: int, since: float) -> float | None:
    """The same of sends to anybody in a domain."""
    last = sql.nth_to_domain(con, tenant=tenant, domain=domain, skip=nth - 1)
    if last is None or last <= since:
        return None
    count, oldest = sql.to_domain(con, tenant=tenant, domain=domain, most=nth)
    return oldest if count >= nth and oldest > since else None


def first_contacts(con: Connection, owner: int, since: float) -> Iterator[tuple[float, int]]:
    """(time, how many were never met before) of an owner's sends later than ``since``, newest
    first; read as far as it is asked for."""
    for row in sql.first_contacts(con, owner=owner, since=since):
        yield row["at"], row["first_contacts"]
