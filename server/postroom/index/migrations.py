"""The schema, as numbered migrations. One that has been released is never edited: add another."""

import secrets
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from postroom.index import sent_rates
from postroom.index.chain import chain_all
from postroom.index.database import SCHEMA_VERSION, connect
from postroom.index.hanging import hang_questions_of_before

_FOLDER = Path(__file__).parent / "schema"

migrations = Migrations("postroom")


def _statements(name: str) -> list[str]:
    """The statements of schema/``name``, split where a line ends with a semicolon."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [s.strip() for s in text.split(";\n") if s.strip()]


def _run(db: Database, name: str) -> None:
    for statement in _statements(f"{name}.sql"):
        db.execute(statement)


@migrations(name="0001_post_room")
def _post_room(db: Database) -> None:
    _run(db, "0001_post_room")
    db.table("meta").insert_all(
        [
            {"key": "epoch", "value": secrets.token_hex(2)},
            {"key": "salt", "value": secrets.token_hex(16)},
            {"key": "term", "value": "0"},
        ]
    )


def _of_a_file(name: str) -> None:
    """A migration that is nothing but the statements of its file."""

    @migrations(name=name)
    def _statements_alone(db: Database) -> None:
        _run(db, name)


for _name in (
    "0002_servers_elsewhere",
    "0003_for_operators",
    "0004_signatures",
    "0005_reports",
    "0006_senders",
    "0007_codes",
    "0008_names",
    "0009_written_to",
    "0010_policy",
    "0011_approvals",
):
    _of_a_file(_name)


@migrations(name="0012_records")
def _records(db: Database) -> None:
    _run(db, "0012_records")
    chain_all(db.conn)


_of_a_file("0013_limits_of_tenants")
_of_a_file("0014_suppressions")


@migrations(name="0015_turns")
def _turns(db: Database) -> None:
    _run(db, "0015_turns")
    sent_rates.count_all(db.conn)


_of_a_file("0016_handed_over")
_of_a_file("0017_asked")


@migrations(name="0018_what_goes_with_what")
def _what_goes_with_what(db: Database) -> None:
    _run(db, "0018_what_goes_with_what")
    hang_questions_of_before(db.conn)


_of_a_file("0019_tokens")
_of_a_file("0020_events")
_of_a_file("0021_keys")
_of_a_file("0022_uploads")
_of_a_file("0023_thread_state")
_of_a_file("0024_handed_in")
_of_a_file("0025_webhooks")
_of_a_file("0026_domains")
_of_a_file("0027_domain_reports")
_of_a_file("0028_reputation")
_of_a_file("0029_verified")
_of_a_file("0030_domain_checks")
_of_a_file("0031_waiting_turns")


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
