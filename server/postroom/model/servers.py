"""How a server elsewhere is reached, and how a program says there who it is."""

from enum import StrEnum
from typing import Protocol


class TokenSource(Protocol):
    """Where OAuth 2 access tokens come from (RFC 6749 §1.4)."""

    async def __call__(self, *, refused: str = "") -> str:
        """A token that is valid now, fetched where it must be.

        ``refused`` is a token that a server has just refused, though it seemed valid: a source
        that still holds that very one fetches another. One that has moved on meanwhile does not,
        so that a hundred connections refused at once cost one fetch.

        Raises PostroomError where there is none to be had; its message says why, and holds no
        secret.
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


MICROSOFT = "microsoft365"
"""In ``trusted``: Microsoft's servers, whose Authentication-Results bear no authserv-id."""
