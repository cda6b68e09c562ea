"""The table in a PostgreSQL database, which may be on another machine than Postroom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from postroom.model.errors import Refused, Unavailable
from postroom.provision.directory_table import PUT, REMOVE, RETIRE, TABLE, Row

PATIENCE_SECONDS = 5
"""How long to wait for the server to take a connection, and for a statement to end."""


@dataclass(frozen=True)
class PostgresTable:
    """``conninfo`` is how libpq reaches the database (key=value, or a postgresql:// URL). It may
    hold a password, so that it hides itself.

    The table is there already: the operator makes it, with who may read it, by running the
    ``directory.sql`` that ``postroom provision print`` writes.
    """

    conninfo: str = field(repr=False)

    def prepare(self) -> None:
        """Nothing: the operator makes the table, and says who may read it."""

    def put(self, *rows: Row) -> None:
        self._change(PUT, [asdict(row) for row in rows])

    def retire(self, *addresses: str) -> None:
        self._change(RETIRE, [{"address": address} for address in addresses])

    def remove(self, *addresses: str) -> None:
        self._change(REMOVE, [{"address": address} for address in addresses])

    def _change(self, sql: str, values: Sequence[Mapping[str, object]]) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise Unavailable(
                "postgres_support_missing",
                "Postroom has been installed without what talks to PostgreSQL.",
                "Install it with: pip install 'postroom[postgres]'.",
            ) from error
        try:
            # A connection a change: mailboxes are made seldom, and none is kept to go stale.
            with psycopg.connect(
                self.conninfo,
                connect_timeout=PATIENCE_SECONDS,
                options=f"-c statement_timeout={PATIENCE_SECONDS}s",
            ) as con:
                con.cursor().executemany(sql.encode(), values)
        except psycopg.errors.UndefinedTable as error:
            raise Unavailable(
                "directory_table_missing",
                f"The database has no table {TABLE}.",
                "Run the directory.sql that `postroom provision print postfix-dovecot` writes.",
            ) from error
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise Refused(
                "directory_refused",
                f"The directory's database refuses it ({_reason(error)}).",
                "Look at the constraints and triggers of its table.",
            ) from error
        except psycopg.Error as error:
            raise Unavailable(
                "directory_unreachable",
                f"The directory's database cannot be written ({_reason(error)}).",
                "See that it runs, and that the user named for Postroom may log in and write.",
            ) from error


def _reason(error: Exception) -> str:
    """What went wrong, without the server's words: they may repeat what it was asked with."""
    return getattr(error, "sqlstate", None) or type(error).__name__
