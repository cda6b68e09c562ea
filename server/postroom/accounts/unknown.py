"""What becomes of a mail that was handed over when the connection ended before the answer."""

from enum import StrEnum


class OnUnknown(StrEnum):
    """What becomes of a send whose fate nobody knows, after Sent was searched for it."""

    HOLD = "hold"
    """A person decides."""
    RESEND = "resend"
    """It goes again with the same Message-ID, and may arrive twice."""
