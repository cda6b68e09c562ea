"""A domain whose addresses are rows in a SQL table that its mail server reads."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from postroom.accounts.servers import ImapServer, SmtpServer
from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.accounts.table import FilePath, Table
from postroom.accounts.unknown import OnUnknown
from postroom.accounts.verification import Verification


class Database(Table):
    """Where the table is: a file of SQLite, or a PostgreSQL server."""

    sqlite: FilePath | None = None
    group: str = Field(default="", max_length=64)
    """Which group of users may read the file; its folder's own where it is left out."""
    postgresql: SecretSource | None = None
    """Where the connection string is: it may hold a password."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.sqlite is None) == (self.postgresql is None):
            raise ValueError(
                'names one: sqlite = "/path/directory.db", or postgresql = { env = "NAME" } with a'
                " connection string there"
            )
        return self


class Lmtp(Table):
    """Where Postfix hands mail in to us, in the place of IMAP."""

    port: int = Field(default=0, ge=0, le=65535)
    """On loopback."""
    socket: FilePath | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.port) == (self.socket is not None):
            raise ValueError('names one: port = 2424, or socket = "/path"')
        return self


class DirectoryDomain(Verification):
    """``[domains."…"]`` with ``provisioner = "directory"``: each mailbox has a login of its own."""

    provisioner: Literal["directory"] = "directory"
    database: Database
    imap: ImapServer
    smtp: SmtpServer
    lmtp: Lmtp | None = None
    """Where it is there, mail comes in this way, and IMAP serves people's mail programs alone."""
    trusted: tuple[str, ...] = Field(default=(), max_length=100)
    """The authserv-ids whose Authentication-Results are believed (RFC 8601 §2.5)."""
    check_dkim: bool = False
    """Whether Postroom checks DKIM signatures of what comes in itself: a DNS look-up a signer."""
    sent_at_acceptance: bool = True
    """Whether the server files the Sent copy as it accepts a mail, as the configuration does that
    ``postroom provision print`` writes."""
    on_unknown: OnUnknown = OnUnknown.HOLD
    """What becomes of a send of which nobody knows whether it was taken, after Sent was searched
    for a minute. With ``sent_at_acceptance`` a copy that comes later, once a server is well again,
    settles it."""
    quota_mb: int = Field(default=0, ge=0)
    """What may lie in each mailbox, MB; 0 for no limit."""
    poll_seconds: float = Field(default=0.03, ge=0.02, le=600)
    """Between two looks while somebody waits: it is one's own server, to which a look is cheap."""
    idle_poll_seconds: float = Field(default=60.0, ge=1, le=86_400)
    """Between two looks where IDLE is missing or does not deliver."""

    @field_validator("trusted")
    @classmethod
    def _as_compared(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.strip().casefold() for each in value if each.strip())

    def conninfo(self, domain: str) -> SecretPlace | None:
        """Where the connection string of PostgreSQL is; None for SQLite."""
        source = self.database.postgresql
        return SecretPlace(source, f"{domain}/database.postgresql") if source else None
