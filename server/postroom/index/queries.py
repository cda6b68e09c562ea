"""The named SQL of sql/*.sql, a namespace a subject: ``sql.mail.raw(con, mail_id=7)``.

aiosql reads the files: ``^`` gives one row or None, ``$`` one value, ``!`` runs, ``<!`` runs and
gives the new row's id, no sign gives rows.
"""

from pathlib import Path
from typing import Any

import aiosql

_FOLDER = Path(__file__).parent / "sql"


def named(subject: str) -> Any:
    """The queries of sql/``subject``.sql as functions of a connection and named parameters."""
    return aiosql.from_path(_FOLDER / f"{subject}.sql", "sqlite3")
