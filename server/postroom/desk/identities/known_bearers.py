"""Whose the secrets were that came in a moment ago: a look-up costs as much as a short request.

What is known is good while nothing is written, by any process, and until the secret's time is over.
"""

from dataclasses import dataclass
from typing import NamedTuple

from postroom.model.callers import Caller

MOST = 1_000
"""Secrets that are remembered; with more, all are forgotten."""


@dataclass(frozen=True)
class Bearer:
    """Who came in by a token."""

    token_id: str
    caller: Caller
    expires_at: float | None


class _Known(NamedTuple):
    bearer: Bearer
    version: int
    until: float


class KnownBearers:
    """By the hash of the secret, as the index keeps it."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}

    def get(self, digest: bytes, version: int, now: float) -> Bearer | None:
        """Whose it is, where that is known of this very version of the index."""
        known = self._known.get(digest)
        if known is None or known.version != version or known.until <= now:
            return None
        return known.bearer

    def keep(self, digest: bytes, bearer: Bearer, version: int, until: float) -> None:
        """``version`` is that of the index before it was asked; ``until`` seconds since 1970."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[digest] = _Known(bearer, version, until)
