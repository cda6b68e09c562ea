"""Questions to the approver by mail, and how far their answers were read."""

import hashlib

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("asked")


def to_ask(con: Connection, mailbox_id: int, most_open: int) -> Row | None:
    """The oldest held send to ask about, with address and thread. None that a server may have:
    who has it and who has not is no question for a mail. None of the mailbox that asks, and none
    of whoever has ``most_open`` questions open already."""
    row: Row | None = sql.to_ask(con, mailbox_id=mailbox_id, open=most_open)
    return row


def ask(con: Connection, at: float, send: Row, hash: str, token: str) -> None:
    """Keep that ``token`` asks about a send as it is now, by its hash."""
    sql.add(con, token=_kept(token), send_id=send["id"], hash=hash, at=at)
    sql.set_asked(con, id=send["id"], at=at)


def nothing_to_ask(con: Connection, at: float, send: Row) -> None:
    """It is for the command line: do not come back to it."""
    sql.set_asked(con, id=send["id"], at=at)


def question(con: Connection, token: str) -> Row | None:
    """What a token asks about: public_id and mail_id of the send, hash, answered_at."""
    row: Row | None = sql.question(con, token=_kept(token))
    return row


def use(con: Connection, at: float, token: str) -> None:
    """The token is spent."""
    sql.use(con, token=_kept(token), at=at)


def read_up_to(con: Connection) -> int:
    """The position up to which answers were read."""
    return int(sql.read_up_to(con) or 0)


def set_read_up_to(con: Connection, position: int) -> None:
    sql.set_read_up_to(con, position=str(position))


def _kept(token: str) -> bytes:
    """A hash: a table of tokens that still count would be worth reading."""
    return hashlib.sha256(token.encode()).digest()
