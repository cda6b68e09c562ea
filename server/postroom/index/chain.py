"""The journal's chain: each row carries a hash over itself and the hash of the row before.

    chain = SHA-256( chain before, 32 bytes or none ‖ the row as JSON in ASCII )

    [position, at, type, actor, mailbox_id, thread_id, mail_id, send_id, digest in hex, detail]
    and what was decided about the send, where the event decides anything (seals.py)

Whoever changes a row, puts one between, or takes one out, breaks the chain there. Positions have no
gaps, and SQLite remembers the highest that was ever given (AUTOINCREMENT), so rows that were cut
off at the end are missed as well. Whoever can write the file can also make a new chain of it:
against that helps a head (`Head`) that was noted somewhere else.

The rows hold ids and a salted hash of content. Mail that is erased leaves the chain whole.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.errors import InvalidRequest

sql = named("chain")

COLUMNS = (
    "position",
    "at",
    "type",
    "actor",
    "mailbox_id",
    "thread_id",
    "mail_id",
    "send_id",
    "digest",
    "detail",
)


LOWEST = -(2**63)
"""Below every position that somebody could give a row of theirs."""


@dataclass(frozen=True)
class Head:
    """How far a chain goes, and its hash there: written ``1234:9f2c…``."""

    position: int
    chain: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.chain.hex()}"

    @classmethod
    def read(cls, text: str) -> Self:
        """What `str` wrote. InvalidRequest: it is none."""
        position, _, chain = text.strip().partition(":")
        try:
            head = cls(int(position), bytes.fromhex(chain))
        except ValueError:
            head = cls(0, b"")
        if head.position < 1 or len(head.chain) != hashlib.sha256().digest_size:
            raise InvalidRequest(
                "head_malformed",
                "A head is a position, a colon and 64 hexadecimal digits.",
                "`postroom audit verify` says it; so does each line of `postroom audit export`.",
            )
        return head


class Fault(StrEnum):
    """What is wrong at a position."""

    CHANGED = "changed"
    """The row there, or its hash, is not what was written."""
    MISSING = "missing"
    """No row is there any more."""
    INSERTED = "inserted"
    """A row is there that was never written."""
    DECIDED = "decided"
    """What was decided about a send is not what the row there tells."""
    UNTOLD = "untold"
    """A send is there that no row up to there tells of."""
    OTHER = "other"
    """The chain is whole in itself, and is not the one that the given head was taken from."""


@dataclass(frozen=True)
class Break:
    """The first place at which a chain does not hold."""

    position: int
    fault: Fault


def chained(row: Row | dict[str, object]) -> list[object]:
    """What of a row is hashed, as JSON has it."""
    values = [row[name] for name in COLUMNS]
    if "decided" in row.keys() and row["decided"]:  # noqa: SIM118 - of a row, `in` asks its values
        values.append(row["decided"])
    return [value.hex() if isinstance(value, bytes) else value for value in values]


def link(before: bytes, values: list[object]) -> bytes:
    """The hash of a row (`chained`) behind the hash ``before``."""
    written = json.dumps(values, separators=(",", ":"))
    return hashlib.sha256(before + written.encode("ascii")).digest()


def tail(con: Connection) -> Head:
    """Behind what the next row goes. Where the last rows were cut off, positions go on all the
    same: the gap stays to be seen."""
    row: Row | None = sql.tail(con)
    return Head(row["position"], row["chain"] or b"") if row else Head(0, b"")


def rows_after(con: Connection, position: int, most: int) -> list[Row]:
    """Rows of the journal behind a position, in order."""
    return list(sql.rows_after(con, after=position, most=most))


class Check:
    """Follows a chain from its beginning, some rows at a time."""

    def __init__(self, known: Head | None = None) -> None:
        """``known``: a head that was noted before, which the chain has to pass through."""
        self.head = Head(0, b"")
        self._known = known

    @property
    def after(self) -> int:
        """Behind which position the next rows are."""
        return self.head.position or LOWEST

    def follow(self, rows: Iterable[Row]) -> Break | None:
        """The first break in these rows, which come behind those before."""
        for row in rows:
            fault = self._fault(row)
            if fault is not None:
                return fault
            self.head = Head(row["position"], row["chain"])
            if self._differs():
                return Break(self.head.position, Fault.OTHER)
        return None

    def end(self, highest: int) -> Break | None:
        """The break at the end of the rows; ``highest`` is the highest position ever given."""
        wanted = max(highest, self._known.position if self._known else 0)
        if wanted > self.head.position:
            return Break(self.head.position + 1, Fault.MISSING)
        return None

    def _fault(self, row: Row) -> Break | None:
        due, position = self.head.position + 1, row["position"]
        if position != due:
            return Break(min(due, position), Fault.MISSING if position > due else Fault.INSERTED)
        if row["chain"] != link(self.head.chain, chained(row)):
            return Break(position, Fault.CHANGED)
        return None

    def _differs(self) -> bool:
        known = self._known
        return known is not None and known.position == self.head.position and known != self.head


def chain_all(con: Connection) -> None:
    """Chain rows that were written before there was a chain, in the caller's transaction: eleven
    seconds a million."""
    con.executemany("UPDATE journal SET chain = ? WHERE position = ?", _links(con))


def _links(con: Connection) -> Iterable[tuple[bytes, int]]:
    before = b""
    for row in sql.all_rows(con):
        before = link(before, chained(row))
        yield before, row["position"]
