"""The table in a PostgreSQL database, which may be on another machine than Postroom."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from postroom.model.errors import Refused, Unavailable
from postroom.provision import postgres_faults
from postroom.provision.directory_table import PUT, REMOVE, RETIRE, DirectoryTable, nobody

if TYPE_CHECKING:
    import psycopg

PATIENCE_SECONDS = 5
"""How long to wait for the server to take a connection, and for a statement to end, by its own
clock."""

SILENCE_SECONDS = 10.0
"""How long a change may take by our clock. A server that is frozen, or behind a line that is cut,
never gets to look at its own; and whoever waits for it could not even end."""


@dataclass(frozen=True)
class PostgresTable(DirectoryTable):
    """``conninfo`` is how libpq reaches the database (key=value, or a postgresql:// URL). It may
    hold a password, so that it hides itself.

    The table is there already: the operator makes it, with who may read it, by running the
    ``directory.sql`` that ``postroom provision print`` writes.
    """

    conninfo: str = field(repr=False)

    def prepare(self) -> None:
        """Nothing is made, since the operator makes the table; it is found out whether it is there
        and can be written."""
        self.rehearse()

    def rehearse(self) -> None:
        mailbox = asdict(nobody())
        with (
            contextlib.suppress(Refused),
            self._connected() as con,
            con.transaction(force_rollback=True),
        ):
            for sql in (PUT, RETIRE, REMOVE):
                con.execute(sql.encode(), mailbox)

    def _change(self, sql: str, values: Sequence[Mapping[str, object]]) -> None:
        with self._connected() as con:
            con.cursor().executemany(sql.encode(), values)

    @contextmanager
    def _connected(self) -> "Iterator[psycopg.Connection]":
        """A connection for one change, committed at its end: mailboxes are made seldom, and none
        is kept to go stale."""
        try:
            import psycopg
        except ImportError as error:
            raise Unavailable(
                "postgres_support_missing",
                "Postroom has been installed without what talks to PostgreSQL.",
                "Install it with: pip install 'postroom[postgres]'.",
            ) from error
        try:
            con = psycopg.connect(
                self.conninfo,
                connect_timeout=PATIENCE_SECONDS,
                options=f"-c statement_timeout={PATIENCE_SECONDS}s",
            )
        except psycopg.Error as error:
            # Not chained: libpq's words repeat the connection string.
            raise postgres_faults.of_connecting(error) from None
        cut = threading.Event()
        try:
            with _cut_where_silent(con, cut), con:
                yield con
        except psycopg.Error as error:
            raise (
                postgres_faults.silent() if cut.is_set() else postgres_faults.of_changing(error)
            ) from error


@contextmanager
def _cut_where_silent(con: "psycopg.Connection", cut: threading.Event) -> Iterator[None]:
    """Shut the connection's socket down where it is still used after ``SILENCE_SECONDS``, and tell
    so: psycopg waits for ever. The socket is our own copy: the number of one that was closed may
    be another one's already."""
    own = socket.fromfd(con.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def shut() -> None:
        cut.set()
        with contextlib.suppress(OSError):  # the server has gone meanwhile
            own.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(SILENCE_SECONDS, shut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()
        own.close()
