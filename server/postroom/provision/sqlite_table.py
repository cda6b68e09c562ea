"""The table in an SQLite file, for a mail host on the same machine."""

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from postroom.model.errors import Refused, Unavailable
from postroom.provision.directory_table import PUT, REMOVE, RETIRE, SCHEMA, DirectoryTable, nobody

PATIENCE_SECONDS = 5.0
"""How long a change waits for look-ups to let go of the file; each takes under a millisecond."""

MODE = 0o640
"""Hashes of passwords lie in it: its owner writes, the group of the mail servers reads, and nobody
else may do either. SQLite gives its journal the same mode."""


@dataclass(frozen=True)
class SqliteTable(DirectoryTable):
    """``path`` is made where it is absent; its folder is not. ``group`` may read it; empty for the
    folder's own (a folder of mode 2750 hands its group on).

    The file keeps a rollback journal: with a write-ahead log, whoever only reads has to write
    beside it, and Postfix, which may not, fails and pauses for a minute (seen with 3.7.11).
    """

    path: Path
    group: str = ""

    def prepare(self) -> None:
        """Make the file and the table where they are absent: the servers must find them. And end a
        change that a crash cut short: whoever only reads cannot, and hears "not now" till then.
        """
        with self._changing():
            pass

    def rehearse(self) -> None:
        if not self.path.exists():
            # Made by whoever asks, it might belong to the wrong user.
            raise Unavailable(
                "directory_not_made",
                f"The directory {self.path} is not there yet.",
                "A worker makes it as it begins: run `postroom serve`.",
            )
        mailbox = asdict(nobody())
        with contextlib.suppress(Refused), self._changing(keep=False) as con:
            for sql in (PUT, RETIRE, REMOVE):
                con.execute(_in_sqlite(sql), mailbox)

    def _change(self, sql: str, values: Sequence[Mapping[str, object]]) -> None:
        with self._changing() as con:
            con.executemany(_in_sqlite(sql), values)

    @contextmanager
    def _changing(self, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            self._make_file()
            with contextlib.closing(
                sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None)
            ) as con:
                con.execute("PRAGMA journal_mode = DELETE")
                con.execute("PRAGMA synchronous = FULL")
                con.execute("BEGIN IMMEDIATE")
                con.execute(SCHEMA)
                yield con
                con.execute("COMMIT" if keep else "ROLLBACK")
        except (sqlite3.DataError, sqlite3.IntegrityError) as error:
            raise Refused(
                "directory_refused",
                f"The directory {self.path} refuses it: {_reason(error)}.",
                "Look at the constraints and triggers of its table.",
            ) from error
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                "directory_unreachable",
                f"The directory {self.path} cannot be written: {_reason(error)}.",
                "See that its folder is there, belongs to this user, and has room.",
            ) from error

    def _make_file(self) -> None:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, MODE))
            if os.name == "posix":
                self.path.chmod(MODE)  # whatever the umask says
                self._give_to_group()

    def _give_to_group(self) -> None:
        if not self.group:
            return
        try:
            shutil.chown(self.path, group=self.group)
        except LookupError as error:
            self.path.unlink()
            raise Unavailable(
                "no_such_group",
                f"There is no group {self.group} on this machine.",
                "Install Postfix first, or name another group.",
            ) from error


def _in_sqlite(sql: str) -> str:
    """``sql`` with SQLite's marks for values in the place of PostgreSQL's."""
    return re.sub(r"%\((\w+)\)s", r":\1", sql)


def _reason(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
