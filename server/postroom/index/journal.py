"""The journal: every change, in commit order. Waiting reads it, and so does whoever audits."""

import hashlib
import json
from collections.abc import Collection

from postroom.index import chain, seals
from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.model.errors import Unavailable
from postroom.model.events import Event, EventType

sql = named("journal")


def append(
    con: Connection,
    at: float,
    type: EventType,
    actor: str,
    *,
    mailbox_id: int | None = None,
    thread_id: int | None = None,
    mail_id: int | None = None,
    send_id: int | None = None,
    digest: bytes | None = None,
    detail: str = "",
) -> int:
    """The position of a new event, written in the transaction of the change it tells of, and
    chained to the one before (chain.py)."""
    before = chain.tail(con)
    row: Fields = {
        "position": before.position + 1,
        "at": float(at),
        "type": str(type),
        "actor": actor,
        "mailbox_id": mailbox_id,
        "thread_id": thread_id,
        "mail_id": mail_id,
        "send_id": send_id,
        "digest": digest,
        "detail": detail,
        "decided": seals.seal(con, send_id) if send_id and type in seals.SEALING else "",
    }
    sql.append(con, **row, chain=chain.link(before.chain, chain.chained(row)))
    return before.position + 1


def last_position(con: Connection) -> int:
    """The newest position; 0 while nothing has happened."""
    return int(sql.last(con))


def since(con: Connection, after: int, most: int = 500) -> list[Event]:
    """Events after the position ``after``, oldest first, at most ``most``."""
    return [event(row) for row in sql.since(con, after=after, most=most)]


def has_grown(con: Connection, mailbox_id: int, after: int) -> bool:
    """Whether anything happened in a mailbox behind the position ``after``."""
    return sql.has_grown(con, mailbox_id=mailbox_id, after=after) is not None


def about_send(con: Connection, send_id: int) -> list[Event]:
    """What happened to a send, in order."""
    return [event(row) for row in sql.about_send(con, send_id=send_id)]


def about_mail(con: Connection, mail_id: int) -> list[Event]:
    """What happened to a mail, in order."""
    return [event(row) for row in sql.about_mail(con, mail_id=mail_id)]


def epoch(con: Connection) -> str:
    """The random name of this index's history: cursors carry it, and a restore renews it."""
    return str(sql.meta(con, key="epoch"))


def salt(con: Connection) -> bytes:
    """What content hashes are keyed with: erasing it makes them say nothing."""
    return bytes.fromhex(str(sql.meta(con, key="salt")))


def digest(con: Connection, raw: bytes) -> bytes:
    """A salted hash of content: it proves what a mail was while the salt is kept, and says nothing
    once the salt is gone."""
    return hashlib.blake2b(raw, key=salt(con), digest_size=16).digest()


def begin_term(
    con: Connection,
    at: float,
    pid: int,
    program: str,
    settings: str = "",
    domains: Collection[str] = (),
) -> int:
    """A new term for a new worker; every transaction of an older one is refused from now on. What
    it runs with is remembered: the digest of its settings, and the domains that it serves."""
    term = int(sql.meta(con, key="term")) + 1
    sql.set_meta(con, key="term", value=str(term))
    sql.set_worker(
        con,
        term=term,
        pid=pid,
        program=program,
        started_at=at,
        settings=settings,
        domains=json.dumps(sorted(domains)),
    )
    append(con, at, EventType.WORKER_STARTED, "worker", detail=f"term {term}")
    return term


def check_term(con: Connection, term: int) -> None:
    """Raise `Unavailable` where another worker has taken over since ``term`` began."""
    now = int(sql.meta(con, key="term"))
    if now != term:
        raise Unavailable(
            "term_over",
            f"Worker term {term} is over; term {now} has begun.",
            "Ask again: the other one goes on.",
        )


def worker(con: Connection) -> Row | None:
    """Who does the I/O, or did last: term, pid, program, started_at and the built-in ports."""
    row: Row | None = sql.worker(con)
    return row


def keep_ports(con: Connection, imap: int, smtp: int) -> None:
    """Remember where the built-in server listens: mail programs and the next holder rely on it."""
    sql.set_ports(con, imap=imap, smtp=smtp)


def event(row: Row) -> Event:
    """A row of the journal."""
    return Event(
        position=row["position"],
        at=row["at"],
        type=EventType(row["type"]),
        actor=row["actor"],
        mailbox_id=row["mailbox_id"],
        thread_id=row["thread_id"],
        mail_id=row["mail_id"],
        send_id=row["send_id"],
        detail=row["detail"],
    )


def outcome(
    con: Connection, mailbox_id: int, thread_id: int | None, after: int, but_apart: str = ""
) -> Row | None:
    """The first send refused or approved behind a position, in a thread or a whole mailbox, but for
    those that the agent ``but_apart`` has acknowledged one by one."""
    asked = {"mailbox_id": mailbox_id, "after": after, "agent": but_apart}
    row: Row | None = (
        sql.outcome_in_mailbox(con, **asked)
        if thread_id is None
        else sql.outcome_in_thread(con, thread_id=thread_id, **asked)
    )
    return row


def mailboxes_changed(con: Connection, after: int) -> bool:
    """Whether mailboxes came or went behind a position."""
    return sql.mailboxes_changed(con, after=after) is not None
