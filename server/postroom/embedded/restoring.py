"""What changes in the built-in server's store when it is put back from a backup."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from postroom.embedded import filing
from postroom.embedded.database import connect
from postroom.model.errors import Unavailable

LOST_UIDS = 1_000_000
"""How many UIDs a folder leaves out: more than came to it between the backup and now. A mail
program that knew mail under them must not take other mail for it (RFC 3501 §2.3.1.1), and renewing
UIDVALIDITY would have it fetch everything again."""


def schema_version(path: Path) -> int:
    """The version of a store; 0 of an empty file."""
    with closing(connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def begin_anew(path: Path, addresses: Collection[str]) -> None:
    """Let a store go on beside an index that knows ``addresses``. What is there of others was made
    after the index was copied; whoever takes such a name next must not find its mail.

    Raises:
        Unavailable: the store is of a newer version of the program.
    """
    version = schema_version(path)
    if version > filing.SCHEMA_VERSION:
        raise Unavailable(
            "newer_mail_store",
            "The built-in server's mail was stored by a newer version of Postroom.",
            "Install that version, or a later one.",
        )
    if version == 0:
        return
    with closing(connect(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        for top in filing.tops(db):
            if top.address not in addresses:
                filing.delete_address(db, top.address)
        db.execute("UPDATE folder SET max_uid = max_uid + ?", (LOST_UIDS,))
        db.execute("COMMIT")
