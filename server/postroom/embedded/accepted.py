"""Which mails were accepted from a mailbox: wherever their Sent copies went since.

A worker that dies between a server's 250 and its own note asks this, and sends nothing twice.
"""

import sqlite3
from collections.abc import Callable

from postroom.embedded.filing import INBOX

ACCEPTED_SECONDS = 90 * 86_400.0
"""How long it is remembered that a mail was accepted: longer than anybody asks for it, even where
the machine slept for a month."""


def note(db: sqlite3.Connection, address: str, message_id: str, now: float) -> None:
    """Remember, in the transaction that accepts a mail, that it was accepted."""
    db.execute("DELETE FROM accepted WHERE at < ?", (now - ACCEPTED_SECONDS,))
    db.execute("INSERT OR REPLACE INTO accepted VALUES(?, ?, ?)", (address, message_id, now))


def took(db: sqlite3.Connection, address: str, message_id: str) -> bool:
    """Whether a mail was accepted from a mailbox, as long as that is remembered."""
    found = db.execute(
        "SELECT 1 FROM accepted WHERE address = ? AND message_id = ?", (address, message_id)
    )
    return found.fetchone() is not None


def note_earlier(db: sqlite3.Connection, message_id_of: Callable[[bytes], str]) -> None:
    """Remember what was accepted while that was not remembered yet: what lies outside INBOX."""
    rows = db.execute(
        "SELECT folder.address, message.arrived, trace, data FROM folder"
        " JOIN message ON message.folder = folder.id JOIN content ON content.id = message.content"
        " WHERE folder.name <> ? ORDER BY folder.id",
        (INBOX,),
    )
    for address, arrived, trace, data in rows:
        if message_id := message_id_of(trace + data):
            db.execute(
                "INSERT OR REPLACE INTO accepted VALUES(?, ?, ?)", (address, message_id, arrived)
            )
