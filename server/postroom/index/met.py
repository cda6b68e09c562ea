"""Which addresses stood in mail that came in: derived, and kept as salted hashes alone."""

import hashlib

from postroom.index import journal
from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.messages import Direction, ParsedMessage

sql = named("met")


def remember(
    con: Connection, mailbox_id: int, mail_id: int, direction: str, parsed: ParsedMessage
) -> None:
    """Keep the addresses of a mail that came in."""
    if direction != Direction.RECEIVED or not parsed.named:
        return
    salt = journal.salt(con)
    owner = sql.owner(con, mailbox_id=mailbox_id)
    con.executemany(
        "INSERT INTO met (owner, digest, mail_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        ((owner, _digest(salt, each), mail_id) for each in set(map(plain_address, parsed.named))),
    )


def forget(con: Connection, mail_id: int) -> None:
    """The mail goes, or its words."""
    sql.forget(con, mail_id=mail_id)


def is_met(con: Connection, owner: int, address: str) -> bool:
    """Whether an address (`plain_address`) stands in mail of an owner."""
    digest = _digest(journal.salt(con), address)
    return sql.one(con, owner=owner, digest=digest) is not None


def _digest(salt: bytes, address: str) -> int:
    found = hashlib.blake2b(address.encode(), key=salt, digest_size=8).digest()
    return int.from_bytes(found, signed=True)
