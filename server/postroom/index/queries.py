"""The named SQL of sql/*.sql, a file a subject: ``named("mail").raw(con, mail_id=7)``.

aiosql reads the files: ``^`` gives one row or None, ``$`` one value or None, ``!`` runs and gives
the count, ``<!`` inserts and gives the new row's id, no sign gives rows.
"""

from pathlib import Path
from typing import Any

import aiosql
from aiosql.adapters.sqlite3 import SQLite3Adapter

_FOLDER = Path(__file__).parent / "sql"


class _RowAdapter(SQLite3Adapter):
    """aiosql 15.0 takes one value from tuples, lists and dicts, and refuses sqlite3.Row. What it
    does around a statement takes about as long as SQLite does, and each mail is twenty of them."""

    def select_one(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None
    ) -> Any:
        return conn.execute(sql, parameters).fetchone()

    def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        row = conn.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return conn.execute(sql, parameters).rowcount

    def insert_returning(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return conn.execute(sql, parameters).lastrowid


def named(subject: str) -> Any:
    """The queries of sql/``subject``.sql as functions of a connection and named parameters."""
    return aiosql.from_path(_FOLDER / f"{subject}.sql", _RowAdapter)
