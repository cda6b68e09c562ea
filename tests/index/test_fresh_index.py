"""The indexes that most tests work on are copies of one that was migrated."""

from contextlib import closing
from pathlib import Path

from fresh_index import really_migrate
from rooms import rows

from postroom.index import migrations
from postroom.index.database import connect, schema_version


def salt_and_rest(path: Path) -> tuple[object, list[object]]:
    """An index's salt, and what it has in common with others."""
    with closing(connect(path)) as con:
        ((salt,),) = rows(con, "SELECT value FROM meta WHERE key = 'salt'")
        schema = rows(con, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
        applied = rows(con, "SELECT name FROM _sqlite_migrations ORDER BY id")
        keys = rows(con, "SELECT key, length(value) FROM meta ORDER BY key")
        return salt, [schema_version(con), schema, applied, keys]


def test_a_copy_has_what_migrations_make_and_a_salt_of_its_own(tmp_path: Path) -> None:
    really_migrate(tmp_path / "migrated.db")
    for name in ("first", "second"):
        migrations.migrate(tmp_path / f"{name}.db")
    made = [salt_and_rest(tmp_path / f"{name}.db") for name in ("migrated", "first", "second")]
    assert len({salt for salt, _ in made}) == 3
    assert made[0][1] == made[1][1] == made[2][1]


def test_an_index_that_holds_something_is_migrated_and_not_copied_over(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    migrations.migrate(path)
    with closing(connect(path)) as con:
        con.execute("UPDATE meta SET value = 'mine' WHERE key = 'salt'")
    migrations.migrate(path)
    assert salt_and_rest(path)[0] == "mine"
