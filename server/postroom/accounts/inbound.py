"""``[inbound]``: what is believed of mail that is handed in over HTTP."""

from pydantic import field_validator

from postroom.accounts.verification import Verification


class Inbound(Verification):
    """The table of ``postroom.toml``."""

    trusted: tuple[str, ...] = ()
    """The authserv-ids whose Authentication-Results are believed (RFC 8601 §5): of the provider
    that takes the mail in at the edge; none by default, and every sender is unverified then."""
    check_dkim: bool = False
    """Whether DKIM signatures are checked here, too."""

    @field_validator("trusted")
    @classmethod
    def _as_compared(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.strip().casefold() for each in value if each.strip())
