"""Where to read mail, and as whom."""

from dataclasses import dataclass, field
from pathlib import Path

from postroom.model.servers import Security, TokenSource


@dataclass(frozen=True)
class ImapLogin:
    """An IMAP server and what it knows us by: a password, or a source of OAuth 2 tokens.

    ``certificates`` is a file of certificates to trust in the place of the system's. Two logins are
    the same, and share connections, whatever their source of tokens is.
    """

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    security: Security = Security.NONE
    token: TokenSource | None = field(default=None, repr=False, compare=False)
    certificates: Path | None = None
