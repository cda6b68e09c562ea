"""An index with an outbox of two domains, filled by hand: thousands of mails in a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroom.index.database import Connection, connect
from postroom.index.migrations import migrate

DOMAINS = ("one.test", "two.test")
ADA, BEN = 1, 2
"""The mailboxes: one of each domain."""


@contextmanager
def outbox(home: Path) -> Iterator[Connection]:
    """In a transaction of its own, so that nothing waits for a disk."""
    migrate(home / "postroom.db")
    con = connect(home / "postroom.db")
    con.execute("PRAGMA foreign_keys=OFF")
    con.execute("BEGIN")
    con.executemany(
        "INSERT INTO mailboxes (id, address, display_name, password, owner, created_at, status)"
        " VALUES (?, ?, '', '', 1, 0, 'live')",
        ((ADA, "ada@one.test"), (BEN, "ben@two.test")),
    )
    yield con
    con.rollback()
    con.close()


def queue(con: Connection, many: int, at: float, box: int = ADA, outside: int = 1) -> None:
    """So many mails that are to go at a moment; their row ids go on from 1."""
    last = con.execute("SELECT coalesce(max(id), 0) FROM sends").fetchone()[0]
    place = at if outside else None
    numbers = range(last + 1, last + many + 1)
    con.executemany(
        "INSERT INTO mail (id, public_id, mailbox_id, direction, arrived_at, position, thread_id,"
        " why, fingerprint, size) VALUES (?, ?, ?, 'sent', 0, 1, 1, '', x'', 0)",
        ((n, f"m_{n}", box) for n in numbers),
    )
    con.executemany(
        "INSERT INTO sends (id, public_id, mailbox_id, mail_id, actor, status, sender,"
        " content_hash, verdict, created_at, not_before, from_domain, outside, outside_at, owner)"
        " VALUES (?, ?, ?, ?, '', 'queued', '', ?, '{}', ?, ?, ?, ?, ?, 1)",
        (
            (n, f"s_{n}", box, n, b"%d" % n, at, at, DOMAINS[box - 1], outside, place)
            for n in numbers
        ),
    )
    con.executemany(
        "INSERT INTO recipients (send_id, address, field, place, outside)"
        " VALUES (?, ?, 'to', ?, 1)",
        ((n, f"p{each}@x.test", each) for n in numbers for each in range(outside)),
    )
