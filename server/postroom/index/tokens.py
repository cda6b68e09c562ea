"""Tokens by which somebody comes in over the network: kept as hashes, changes in the journal."""

import hashlib
import json
import secrets
from dataclasses import dataclass

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.ids import new_token_id
from postroom.index.queries import named
from postroom.model.callers import Caller
from postroom.model.events import EventType

sql = named("tokens")

SECRET_BYTES = 32
"""256 bits: nobody guesses it, so a plain hash keeps it, and no lock-out is needed."""

PREFIX = "postroom_"
"""By which a secret that was committed or pasted somewhere is found."""

USED_EVERY_SECONDS = 60.0
"""How exact the time of the last use is: each use would be a write."""


@dataclass(frozen=True)
class NewToken:
    """What a token is to be good for."""

    caller: Caller
    note: str
    expires_at: float | None


def add(con: Connection, now: float, new: NewToken, who: str) -> tuple[str, str]:
    """(id, secret) of a new token. The secret is nowhere afterwards."""
    id, secret = new_token_id(), _new_secret()
    sql.add(
        con,
        public_id=id,
        hash=hash_of(secret),
        tenant=new.caller.tenant,
        agent=new.caller.agent,
        scopes=json.dumps(sorted(new.caller.scopes)),
        mailboxes=json.dumps(new.caller.mailboxes),
        thread=new.caller.thread,
        note=new.note,
        created_at=now,
        expires_at=new.expires_at,
    )
    journal.append(con, now, EventType.TOKEN_CREATED, who, detail=id)
    return id, secret


def rotate(con: Connection, now: float, id: str, until: float, who: str) -> str:
    """A new secret for a token; the old one is good ``until`` then."""
    secret = _new_secret()
    sql.rotate(con, public_id=id, hash=hash_of(secret), until=until)
    journal.append(con, now, EventType.TOKEN_ROTATED, who, detail=id)
    return secret


def revoke(con: Connection, now: float, id: str, who: str) -> None:
    """A token is good no more, from this moment on."""
    if sql.revoke(con, public_id=id, at=now):
        journal.append(con, now, EventType.TOKEN_REVOKED, who, detail=id)


def live(con: Connection, now: float, digest: bytes) -> Row | None:
    """The token of a secret with this hash, where it is good now."""
    row: Row | None = sql.live(con, hash=digest, now=now)
    return row


def used(con: Connection, now: float, id: int) -> None:
    """Keep that it was used."""
    sql.used(con, id=id, at=now)


def one(con: Connection, id: str) -> Row | None:
    """A token, good or not."""
    row: Row | None = sql.one(con, public_id=id)
    return row


def some(con: Connection, after: int, most: int) -> list[Row]:
    """The next of them behind a row id, the newest last."""
    return list(sql.some(con, after=after, most=most))


def caller_of(row: Row) -> Caller:
    """Who comes in by a token."""
    return Caller(
        tenant=row["tenant"],
        agent=row["agent"],
        scopes=frozenset(json.loads(row["scopes"])),
        mailboxes=tuple(json.loads(row["mailboxes"])),
        thread=row["thread"],
    )


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    """A secret as it is kept."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
