"""What a fault of PostgreSQL means, in our words. No I/O.

A server's own words are not passed on: they repeat what it was asked with, and libpq's repeat the
connection string. While a connection is being made libpq gives no SQLSTATE, only words, which a
server may write in another language: what is not known there is told by how far it came.

    says no to the login (28)       the role, its password, pg_hba.conf
    has no such database (3D)
    has no such table (42P01)       directory.sql was not run
    lets this role not write (42501)
    refuses data (22, 23)           Refused: only of this mailbox
    nothing listens, no address, no answer in time, no TLS
"""

import re
from typing import TYPE_CHECKING

from postroom.model.errors import PostroomError, Refused, Unavailable
from postroom.provision.directory_table import TABLE

if TYPE_CHECKING:
    import psycopg

_SQL = "Run the directory.sql that `postroom provision print postfix-dovecot` writes"

_LOGIN = (
    "directory_login_refused",
    "The server of the directory's database refuses the login (SQLSTATE 28).",
    "Check user and password in the connection string, and what pg_hba.conf lets in.",
)
_DATABASE = (
    "directory_database_missing",
    "The server has no database of the name in the connection string (SQLSTATE 3D000).",
    "Check dbname there; CREATE DATABASE makes it.",
)
_RIGHTS = (
    "directory_not_writable",
    f"The role in the connection string may not write {TABLE} (SQLSTATE 42501).",
    f"Name the role that owns the table there, not the one that reads it. {_SQL} as the owner.",
)
_SILENT = (
    "directory_timeout",
    "The directory's database does not answer in time.",
    "See how its server does, and what holds locks on the table.",
)

BY_STATE = {
    "28": _LOGIN,
    "3D": _DATABASE,
    "42P01": (
        "directory_table_missing",
        f"The directory's database has no table {TABLE} (SQLSTATE 42P01).",
        f"{_SQL}, in that database, as the owner of the table.",
    ),
    "42501": _RIGHTS,
    "25006": (
        "directory_read_only",
        "The directory's database takes no changes: it is read-only (SQLSTATE 25006).",
        "Name the primary server in the connection string, not one that follows it.",
    ),
    "53300": (
        "directory_full",
        "The server of the directory's database takes no more connections (SQLSTATE 53300).",
        "Raise max_connections there, or end what holds them.",
    ),
    "53": (
        "directory_full",
        "The server of the directory's database has no room or memory left (SQLSTATE 53).",
        "Make room there.",
    ),
    "57014": _SILENT,
    "55P03": _SILENT,
    "57P": (
        "directory_unreachable",
        "The server of the directory's database is starting or stopping (SQLSTATE 57P).",
        "See that it runs.",
    ),
}
"""By SQLSTATE or its beginning, the longest first (PostgreSQL's Appendix A)."""

BY_WORDS = (
    (r"connection refused", "directory_unreachable", "Nothing listens where the connection string"
     " says that the directory's database is: the connection is refused.",
     "See that PostgreSQL runs, and check host and port in the connection string."),
    (r"failed to resolve|could not translate host", "directory_unreachable",
     "The host in the connection string has no address.", "Check its host, and the network."),
    (r"no such file or directory", "directory_unreachable",
     "There is no socket where the connection string says that the directory's database is.",
     "See that PostgreSQL runs, and check host (the socket's folder) and port there."),
    (r"timeout expired|timed out", *_SILENT),
    (r"\bssl\b|certificate", "directory_untrusted",
     "No TLS with the directory's database as the connection string wants it.",
     "Check sslmode and sslrootcert there, and the server's certificate."),
    (r"password authentication failed|no password supplied|pg_hba\.conf|role .* does not exist"
     r"|authentication failed|not permitted to log in", *_LOGIN),
    (r"database .* does not exist", *_DATABASE),
    (r"permission denied for database", *_RIGHTS),
    (r"too many (clients|connections)|remaining connection slots", *BY_STATE["53300"]),
    (r"the database system is", *BY_STATE["57P"]),
)  # fmt: skip
"""By what libpq says while it connects, lower case."""

_MALFORMED = (
    "directory_conninfo_malformed",
    "The connection string of the directory's database is not understood.",
    "Write it as: host=127.0.0.1 dbname=mail user=postroom password=…",
)
_UNKNOWN = (
    "directory_unreachable",
    "The directory's database cannot be written ({reason}).",
    "See that it runs, and that the user named for Postroom may log in and write.",
)


def silent() -> Unavailable:
    """The server took the connection and then did not answer."""
    return Unavailable(*_SILENT)


def of_connecting(error: "psycopg.Error") -> Unavailable:
    """Why there is no connection."""
    said = str(error).lower()
    for pattern, *told in BY_WORDS:
        if re.search(pattern, said):
            return Unavailable(*told)
    if error.pgconn is None or "connection is bad: invalid" in said:
        return Unavailable(*_MALFORMED)
    if error.pgconn.used_password:  # it was asked who we are, and then said no
        return Unavailable(*_LOGIN)
    return _unknown(error)


def of_changing(error: "psycopg.Error") -> PostroomError:
    """Why a change was not made, where there was a connection."""
    state = error.sqlstate or ""
    if state[:2] in ("22", "23"):
        return Refused(
            "directory_refused",
            f"The directory's database refuses it ({state}).",
            "Look at the constraints and triggers of its table.",
        )
    for length in (5, 3, 2):
        if told := BY_STATE.get(state[:length]):
            return Unavailable(*told)
    return _unknown(error)


def _unknown(error: "psycopg.Error") -> Unavailable:
    code, says, then = _UNKNOWN
    return Unavailable(code, says.format(reason=error.sqlstate or type(error).__name__), then)
