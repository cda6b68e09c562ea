"""A database, copied while other processes write to it: as it was at one moment."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from postroom.backup.contents import Member
from postroom.model.errors import Unavailable

Progress = Callable[[int, int], None]
"""Told of bytes done and bytes in all."""

STEP_PAGES = 2_000
"""8 MB between two words of progress."""

CHUNK = 2**20


def copy_database(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database in WAL mode into a file of its own, which needs no other.

    One transaction is held over the whole copy. Without it SQLite begins anew whenever somebody
    else writes, and would never end beside a busy room. Writers are not held up; their log grows
    meanwhile.
    """
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as read,
        closing(sqlite3.connect(target, isolation_level=None)) as write,
    ):
        page = int(read.execute("PRAGMA page_size").fetchone()[0])

        def tell(_: int, left: int, total: int) -> None:
            progress((total - left) * page, total * page)

        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(write, pages=STEP_PAGES, progress=tell)
    target.chmod(0o600)


def settle(con: sqlite3.Connection) -> None:
    """Put all of a database into its one file. Where most of that is room that large things left
    when they went, it is given back; a large database that is in use is not written twice."""
    con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    con.execute("PRAGMA journal_mode=DELETE")
    (free,), (pages,) = (
        con.execute(f"PRAGMA {each}").fetchone() for each in ("freelist_count", "page_count")
    )
    if free * 2 > pages:
        con.execute("VACUUM")


def check(con: sqlite3.Connection, name: str) -> None:
    """Raise `Unavailable` where a database is damaged."""
    said = con.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise Unavailable(
            "database_damaged",
            f"{name} is damaged.",
            "`postroom doctor` says more of a room; restore an older backup where it is one.",
        )


def member(file: Path) -> Member:
    """What the manifest says of a file."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(size=size, sha256=digest.hexdigest())


def flush(place: Path) -> None:
    """Let a file, or the names in a folder, reach the disk. Windows cannot do the latter."""
    if place.is_dir() and os.name != "posix":
        return
    descriptor = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
