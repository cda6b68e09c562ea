"""``[serve]``: where `postroom serve` listens, who may come, and how much of it."""

from typing import Self

from pydantic import Field, model_validator

from postroom.accounts.host_names import HostName, ListenAddress, Network, Origin
from postroom.accounts.issuer import Issuer
from postroom.accounts.servers import is_loopback
from postroom.accounts.table import FilePath, Table

DEFAULT_PORT = 8765

MEGABYTE = 1024 * 1024


class Serve(Table):
    """The table of ``postroom.toml``. What the command line says goes before it."""

    host: ListenAddress = "127.0.0.1"
    """The address to listen on."""
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """0 chooses a free one."""
    socket: FilePath | None = None
    """A Unix socket to listen on in the place of an address: for a proxy on this machine."""
    hosts: tuple[HostName, ...] = Field(default=(), max_length=100)
    """Under which names clients come (the header Host), besides public_url's and this machine's
    own."""
    origins: tuple[Origin, ...] = Field(default=(), max_length=100)
    """Of which other sites pages may ask, in browsers (the header Origin; CORS)."""
    tls_certificate: FilePath | None = None
    """A file (PEM) with our certificate, and those between it and its authority behind it."""
    tls_key: FilePath | None = None
    """A file (PEM) with its key, which other users cannot read."""
    trusted_proxies: tuple[Network, ...] = Field(default=(), max_length=100)
    """From where X-Forwarded-For and X-Forwarded-Proto are believed; that somebody is named says
    that TLS ends there."""
    allow_plain_http: bool = False
    """Whether tokens may pass over a network in clear."""
    max_request_bytes: int = Field(default=64 * MEGABYTE, ge=MEGABYTE, le=1024 * MEGABYTE)
    """Of one request by whoever has a good token: a mail's files (25 MB) in base64 inside JSON, and
    its words."""
    requests_per_minute: int = Field(default=12_000, ge=1)
    """By one token."""
    strangers_per_minute: int = Field(default=600, ge=1)
    """From one address, by all who show no token that was good before."""
    connections: int = Field(default=800, ge=1, le=100_000)
    """At a time; below what a process may usually have open, 1,024."""
    issuer: Issuer | None = None
    """Whose access tokens are good here besides our own."""

    @property
    def is_secure(self) -> bool:
        """Whether it speaks TLS itself."""
        return self.tls_certificate is not None

    @property
    def is_reached_from_here_alone(self) -> bool:
        return self.socket is not None or is_loopback(self.host)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together: name both or neither")
        if self.socket is not None and self.is_secure:
            raise ValueError("socket: TLS is the proxy's there; leave out tls_certificate, tls_key")
        return self
