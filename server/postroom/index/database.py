"""A connection to the index, set up the way every part of the program needs it."""

import sqlite3
from pathlib import Path
from typing import Any

from postroom.mime.senders.lookalikes import plain_address
from postroom.model.errors import Unavailable

SCHEMA_VERSION = 31
"""The newest migration that this program knows; kept in the file as PRAGMA user_version."""

BUSY_MS = 10_000
"""How long a write waits for another process's transaction. Ours take milliseconds."""

Connection = sqlite3.Connection
Row = sqlite3.Row
Fields = dict[str, Any]
"""What a row holds, or is about to hold, by column."""


def connect(path: Path, *, readonly: bool = False) -> Connection:
    """A connection in autocommit mode: transactions are begun by name, by the writer alone.

    WAL lets readers work beside the writer; synchronous=FULL makes a commit survive a power cut,
    because what was acknowledged must be there afterwards. secure_delete overwrites what is
    deleted, also where a table grows: else a mail that goes later would leave copies of itself.
    """
    uri = f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}"
    con = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    con.row_factory = sqlite3.Row
    con.create_function("plain_address", 1, _plain, deterministic=True)
    con.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    con.execute("PRAGMA foreign_keys=ON")
    con.execute("PRAGMA cache_size=-8000")  # 8 MB a connection
    if not readonly:
        con.execute("PRAGMA journal_mode=WAL")
        con.execute("PRAGMA synchronous=FULL")
        con.execute("PRAGMA secure_delete=ON")
    return con


def _plain(address: object) -> str:
    """For queries that compare addresses: SQLite's lower() knows A to Z, and no IDN."""
    return plain_address(address) if isinstance(address, str) else ""


def schema_version(con: Connection) -> int:
    """The schema version of the file; 0 for an empty one."""
    return int(con.execute("PRAGMA user_version").fetchone()[0])


def check_version(con: Connection) -> None:
    """Raise `Unavailable` where another version of the program has migrated the file meanwhile."""
    found = schema_version(con)
    if found != SCHEMA_VERSION:
        raise Unavailable(
            "schema_changed",
            f"The post room's index is at schema {found}; this program knows {SCHEMA_VERSION}.",
            "Restart this program with the newest installed version of Postroom.",
        )
