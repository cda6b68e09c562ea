"""How a server elsewhere is reached, and how a program says there who it is."""

from enum import StrEnum
from typing import Protocol


class TokenSource(Protocol):
    """Where the OAuth 2 access tokens of one account come from (RFC 6749 §1.4)."""

    async def __call__(self, *, fresh: bool = False) -> str:
        """A token that is valid now, fetched where it must be. ``fresh`` asks for another than the
        last, which a server has just refused although it should have been valid.

        Raises:
            PostroomError: there is none to be had; the message says why, and holds no secret.
        """
        ...


class Security(StrEnum):
    """How a connection is kept from being read and changed on its way."""

    TLS = "tls"
    """TLS from the first byte (RFC 8314 §3)."""
    STARTTLS = "starttls"
    """Begun in the clear and upgraded before anything is said; never used without the upgrade
    (RFC 3501 §6.2.1, RFC 3207)."""
    NONE = "none"
    """In the clear: for loopback and for a network that is trusted."""
