"""All mail with one correspondent: found, and taken away."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from postroom.index import cleaning, journal, removal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.retention import Stage

sql = named("correspondence")

LOOKED_AT = 2_000
"""Messages that one look goes through."""

STEP = 25
"""Mails that go in one transaction."""


@dataclass(frozen=True)
class Look:
    """What one look found."""

    last: int
    """The last mail that was looked at."""
    mails: tuple[Row, ...]
    """Those that are from the correspondent, to them, or tell of them (a bounce): mail_id,
    mailbox_id, thread_id."""
    naming: int
    """How many others name the address among their words."""


def look(con: Connection, address: str, after: int) -> Look | None:
    """The next messages behind a mail, None for no more. ``address`` is in lower case."""
    last: int | None = sql.last(con, after=after, most=LOOKED_AT)
    if last is None:
        return None
    asked = {"after": after, "upto": last, "address": address}
    mails = tuple(sql.matching(con, **asked))
    both = sum(
        sql.also_naming(con, mail_id=row["mail_id"], address=address) is not None for row in mails
    )
    return Look(last, mails, int(sql.naming(con, **asked)) - both)


def is_under_way(con: Connection, mail_id: int) -> bool:
    return removal.is_under_way(con, mail_id)


def whole(con: Connection, mail_id: int) -> Row | None:
    """Everything about a message: its row, its bytes, its send; None where it has gone."""
    row: Row | None = sql.whole(con, mail_id=mail_id)
    return row


def digest(con: Connection, address: str) -> bytes:
    """What the journal calls an address: it says nothing once the salt is gone."""
    return hashlib.blake2b(address.encode(), key=journal.salt(con), digest_size=16).digest()


def ask(con: Connection, at: float, address: str, actor: str) -> None:
    """All mail with a correspondent is to go: a worker does it."""
    if sql.ask(con, address=address, actor=actor, at=at):
        journal.append(
            con, at, EventType.ERASURE_ASKED, actor, digest=digest(con, address), detail=""
        )


def exported(con: Connection, at: float, address: str, actor: str, mails: int) -> None:
    """All mail with a correspondent was taken away."""
    journal.append(
        con,
        at,
        EventType.CORRESPONDENT_EXPORTED,
        actor,
        digest=digest(con, address),
        detail=f"{mails} mails",
    )


def asked(con: Connection) -> list[Row]:
    """The erasures that are not done (id, address, mails), oldest first."""
    return list(sql.asked(con))


def is_asked(con: Connection, address: str) -> bool:
    """Whether one of them is of this address."""
    return sql.is_asked(con, address=address) is not None


def erase(con: Connection, now: float, erasure: int, mails: Iterable[Row]) -> None:
    """Let some mails of an erasure go, but for sends that are on their way."""
    told: Counter[int] = Counter()
    threads: set[int] = set()
    for row in mails:
        if removal.is_under_way(con, row["mail_id"]):
            continue
        thread = removal.reduce(con, row["mail_id"], Stage.GONE)
        told[row["mailbox_id"]] += 1
        if thread is not None:
            threads.add(thread)
    removal.relist(con, threads)
    cleaning.soil(con, cleaning.AT_ONCE)
    sql.count(con, id=erasure, mails=told.total())
    for mailbox_id, count in sorted(told.items()):
        detail = f"all of {count} mails" if count > 1 else "all of 1 mail"
        journal.append(
            con, now, EventType.MAIL_REMOVED, "worker", mailbox_id=mailbox_id, detail=detail
        )


def begin(con: Connection, address: str) -> None:
    """What was left elsewhere, or kept from its mailbox, is listed without words; and the file
    has to be cleaned, whatever is found."""
    cleaning.soil(con, cleaning.AT_ONCE)
    sql.forget_strays(con, address=address)
    sql.empty_quarantine(con, address=address)


def done(con: Connection, now: float, erasure: Row) -> None:
    """All of it has gone, also what asked for it."""
    mails = next((row["mails"] for row in asked(con) if row["id"] == erasure["id"]), 0)
    journal.append(
        con,
        now,
        EventType.CORRESPONDENT_ERASED,
        "worker",
        digest=digest(con, erasure["address"]),
        detail=f"{mails} mails",
    )
    sql.done(con, id=erasure["id"])
