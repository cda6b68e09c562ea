"""Mailboxes and their owners."""

from pydantic import SecretStr

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, MailboxStatus

sql = named("mailboxes")


def owner_of(con: Connection, tenant: str, agent: str) -> int | None:
    """The owner's row id, or None for an agent that never had a mailbox."""
    found: int | None = sql.owner(con, tenant=tenant, agent=agent)
    return found


def owner_or_new(con: Connection, tenant: str, agent: str) -> int:
    """The owner's row id, made where there is none."""
    found = owner_of(con, tenant, agent)
    return found if found is not None else int(sql.add_owner(con, tenant=tenant, agent=agent))


def by_address(con: Connection, address: str) -> Mailbox | None:
    """The mailbox with this lower-case address, whatever its state and owner."""
    return _maybe(sql.by_address(con, address=address))


def by_id(con: Connection, id: int) -> Mailbox | None:
    return _maybe(sql.by_id(con, id=id))


def newest(con: Connection) -> int:
    """The id of the mailbox that was made last, 0 for none: every later one has a higher id. (One
    that is revived keeps its own, and its owner.)"""
    return int(sql.newest(con))


def of_owner(con: Connection, owner: int) -> list[Mailbox]:
    """An owner's mailboxes by address, without deleted ones."""
    return [_mailbox(row) for row in sql.of_owner(con, owner=owner)]


def every(con: Connection) -> list[Mailbox]:
    """All mailboxes by address, without deleted ones: for operators."""
    return [_mailbox(row) for row in sql.all(con)]


def some(con: Connection, owner: int | None, address: str, most: int) -> list[Mailbox]:
    """The next mailboxes of an owner (None: of everybody) behind an address, without deleted
    ones."""
    if owner is None:
        return [_mailbox(row) for row in sql.some(con, address=address, most=most)]
    rows = sql.some_of_owner(con, owner=owner, address=address, most=most)
    return [_mailbox(row) for row in rows]


def watched(con: Connection) -> list[Mailbox]:
    """What the watcher looks after: live mailboxes, and expired ones (whose last mail may not have
    been read yet) until it is purged."""
    return [_mailbox(row) for row in sql.watched(con)]


def add(
    con: Connection,
    address: str,
    display_name: str,
    owner: int,
    status: MailboxStatus,
    password: str,
    at: float,
    expires_at: float | None,
) -> int:
    """The id of a new mailbox. One that is ``provisioning`` has a server that must be told."""
    return int(
        sql.add(
            con,
            address=address,
            display_name=display_name,
            owner=owner,
            status=str(status),
            password=password,
            created_at=at,
            expires_at=expires_at,
            served="" if status is MailboxStatus.PROVISIONING else None,
        )
    )


def open_new(
    con: Connection,
    address: str,
    display_name: str,
    owner: int,
    password: str,
    at: float,
    expires_at: float | None,
    *,
    live: bool,
    actor: str,
) -> int:
    """The id of a mailbox that was not there before, with its events; ``live`` where its row is all
    that its server needs."""
    status = MailboxStatus.LIVE if live else MailboxStatus.PROVISIONING
    id = add(con, address, display_name, owner, status, password, at, expires_at)
    journal.append(con, at, EventType.MAILBOX_CREATED, actor, mailbox_id=id)
    if live:
        journal.append(con, at, EventType.MAILBOX_LIVE, actor, mailbox_id=id)
    return id


def to_serve(con: Connection) -> list[Mailbox]:
    """Mailboxes whose server has to be told that they are live, expired or deleted."""
    return [_mailbox(row) for row in sql.to_serve(con)]


def served(con: Connection, id: int, status: MailboxStatus) -> None:
    """Its server knows that it is ``status`` now."""
    sql.served(con, id=id, served=str(status), status=str(status))


def revive(
    con: Connection,
    id: int,
    status: MailboxStatus,
    display_name: str,
    password: str,
    at: float,
    expires_at: float | None,
) -> None:
    """Give an expired or deleted address back to its old owner."""
    sql.revive(
        con,
        id=id,
        status=str(status),
        display_name=display_name,
        password=password,
        created_at=at,
        expires_at=expires_at,
    )


def set_status(con: Connection, id: int, status: MailboxStatus) -> None:
    sql.set_status(con, id=id, status=str(status))


def set_problem(con: Connection, id: int, problem: str) -> None:
    """Record what the watcher has against a mailbox; an empty sentence means all is well."""
    sql.set_problem(con, id=id, problem=problem)


def overdue(con: Connection, now: float) -> list[int]:
    """Live mailboxes whose time is over at ``now``."""
    return [row["id"] for row in sql.overdue(con, now=now)]


def next_expiry(con: Connection) -> float | None:
    """When the time of the next live mailbox is over, seconds since 1970; None where it never
    is."""
    found: float | None = sql.next_expiry(con)
    return found


def to_purge(con: Connection, expired_before: float) -> list[tuple[int, str]]:
    """(id, address) of mailboxes whose mail has to go."""
    return [(row["id"], row["address"]) for row in sql.to_purge(con, before=expired_before)]


def purged(con: Connection, id: int, at: float) -> None:
    sql.purged(con, id=id, at=at)


def is_being_removed(con: Connection, id: int, expired_before: float) -> bool:
    """Whether a mailbox's mail has to go and has not gone yet."""
    return sql.is_being_removed(con, id=id, before=expired_before) is not None


def keeps_mail(con: Connection, id: int) -> bool:
    """Whether a mailbox's mail is kept: not once it is deleted, or its retention is over."""
    return sql.keeps_mail(con, id=id) is not None


def awaiting_us(con: Connection, mailbox_id: int) -> int:
    """How many of its threads await an answer of ours."""
    return int(sql.awaiting_us(con, mailbox_id=mailbox_id))


def _maybe(row: Row | None) -> Mailbox | None:
    return _mailbox(row) if row is not None else None


def _mailbox(row: Row) -> Mailbox:
    return Mailbox(
        id=row["id"],
        address=row["address"],
        display_name=row["display_name"],
        owner=row["owner"],
        agent=row["agent"],
        tenant=row["tenant"],
        status=MailboxStatus(row["status"]),
        password=SecretStr(row["password"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        problem=row["problem"],
    )
