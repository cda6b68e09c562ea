"""The table that Postroom writes and that Postfix and Dovecot read: its shape, and who keeps it."""

import base64
import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files

from pydantic import SecretStr

TABLE = "postroom_mailboxes"

SCHEMA = (files(__package__) / "directory.sql").read_text(encoding="utf-8")
"""Makes the table where it is absent, in SQLite and in PostgreSQL alike."""

SALT_BYTES = 16


@dataclass(frozen=True)
class Row:
    """A mailbox as the two servers know it."""

    address: str
    """Lower case."""
    password: str = field(repr=False)
    """A hash that names its scheme."""
    quota_mb: int = 0
    """What may lie in it, MB; 0 for no limit."""


def nobody() -> Row:
    """A mailbox that no server knows and that no row is of: what looks it up finds nothing, as it
    is never committed."""
    return Row(f"postroom-check-{secrets.token_hex(8)}@postroom.invalid", "{PLAIN}*")


PUT = f"""
INSERT INTO {TABLE} (address, password, active, quota_mb)
VALUES (%(address)s, %(password)s, 1, %(quota_mb)s)
ON CONFLICT (address) DO UPDATE
SET password = excluded.password, active = 1, quota_mb = excluded.quota_mb
"""
RETIRE = f"UPDATE {TABLE} SET active = 0 WHERE address = %(address)s"
REMOVE = f"DELETE FROM {TABLE} WHERE address = %(address)s"


class DirectoryTable(ABC):
    """One database's table. Each call blocks, and is on disk when it returns, all of it; where it
    raises, nothing is.

    Raises:
        Unavailable: the database cannot be reached, or says no.
    """

    @abstractmethod
    def prepare(self) -> None:
        """Make the table where it is absent and we may: the servers must find it. Where it is
        there, find out whether it can be had."""

    @abstractmethod
    def rehearse(self) -> None:
        """Write a mailbox that nobody has, change it, take it out, and undo all of that: whether it
        could be done. A table that refuses such a row can be had."""

    def put(self, *rows: Row) -> None:
        """Let the mailboxes be there, live, as ``rows`` say: new, or changed to that."""
        self._change(PUT, [asdict(row) for row in rows])

    def retire(self, *addresses: str) -> None:
        """Let nothing more be delivered to them or sent from them; they can be read as before."""
        self._change(RETIRE, [{"address": address} for address in addresses])

    def remove(self, *addresses: str) -> None:
        """Let nobody log in to them any more."""
        self._change(REMOVE, [{"address": address} for address in addresses])

    @abstractmethod
    def _change(self, sql: str, values: Sequence[Mapping[str, object]]) -> None:
        """Run one of the statements above for each of ``values``, in one transaction."""


def ssha512(password: SecretStr) -> str:
    """A salted SHA-512 of ``password``, as Dovecot reads it: base64 of digest and salt.

    A slow hash would buy nothing: our passwords are 144 random bits, which nobody guesses at any
    speed. And it would cost: Dovecot hashes at every login, and a restart logs in to a thousand
    mailboxes.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    digest = hashlib.sha512(password.get_secret_value().encode() + salt).digest()
    return "{SSHA512}" + base64.b64encode(digest + salt).decode()
