"""The schema, as numbered migrations. One that has been released is never edited: add another."""

import secrets
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from postroom.index.database import SCHEMA_VERSION, connect

_FOLDER = Path(__file__).parent / "schema"

migrations = Migrations("postroom")


def _statements(name: str) -> list[str]:
    """The statements of schema/``name``, split where a line ends with a semicolon."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [s.strip() for s in text.split(";\n") if s.strip()]


@migrations(name="0001_post_room")
def _post_room(db: Database) -> None:
    for statement in _statements("0001_post_room.sql"):
        db.execute(statement)
    db.table("meta").insert_all(
        [
            {"key": "epoch", "value": secrets.token_hex(2)},
            {"key": "salt", "value": secrets.token_hex(16)},
            {"key": "term", "value": "0"},
        ]
    )


@migrations(name="0002_servers_elsewhere")
def _servers_elsewhere(db: Database) -> None:
    for statement in _statements("0002_servers_elsewhere.sql"):
        db.execute(statement)


@migrations(name="0003_for_operators")
def _for_operators(db: Database) -> None:
    for statement in _statements("0003_for_operators.sql"):
        db.execute(statement)


@migrations(name="0004_signatures")
def _signatures(db: Database) -> None:
    for statement in _statements("0004_signatures.sql"):
        db.execute(statement)


@migrations(name="0005_reports")
def _reports(db: Database) -> None:
    for statement in _statements("0005_reports.sql"):
        db.execute(statement)


@migrations(name="0006_senders")
def _senders(db: Database) -> None:
    for statement in _statements("0006_senders.sql"):
        db.execute(statement)


@migrations(name="0007_codes")
def _codes(db: Database) -> None:
    for statement in _statements("0007_codes.sql"):
        db.execute(statement)


def migrate(path: Path) -> None:
    """Bring the index at ``path`` to the newest schema, creating it where it is absent.

    The caller holds the post room's lock. Each migration is one transaction.
    """
    con = connect(path)
    try:
        migrations.apply(Database(con))
        con.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    finally:
        con.close()
