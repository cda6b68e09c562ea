"""Where to submit mail, and as whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SmtpLogin:
    """A submission server and what it knows us by (RFC 6409).

    ``tls`` is TLS from the first byte (RFC 8314 §3.3). Without it the connection begins in the
    clear and is upgraded by STARTTLS wherever the server offers that. An empty ``user`` does not
    log in: for a server that trusts the network it is on.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = False
