"""Where to read mail, and as whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ImapLogin:
    """An IMAP server and what it knows us by.

    ``tls`` is TLS from the first byte (RFC 8314 §3.2).
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = False
