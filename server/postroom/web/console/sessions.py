"""Who is signed in.

A session lies in the memory of this process, under the hash of its id: whoever reads the memory's
dump or a log finds no id to come in with. It holds the token that was shown, and each request shows
that again: a token that is revoked, expired or replaced ends its sessions. A restart ends all.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import SecretStr
from starlette.requests import HTTPConnection

ID_BYTES = 32
"""256 bits: nobody guesses it."""

IDLE_SECONDS = 2 * 3600.0
"""Without a page that a person asked for. What the script fetches by itself does not count."""

LONGEST_SECONDS = 12 * 3600.0
"""A working day, whatever is done."""

MOST_SESSIONS = 1_000
"""Each takes a good token; the oldest goes."""


@dataclass
class Session:
    """Somebody who showed a token."""

    token: SecretStr
    began_at: float
    used_at: float
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(ID_BYTES), repr=False)
    """What each form of its pages holds, and nobody else's can."""
    said: list[str] = field(default_factory=list)
    """What the next page tells first."""


class Sessions:
    """All who are signed in."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def begin(self, token: str) -> str:
        """The id of a new session, which is kept nowhere here."""
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        id, now = secrets.token_urlsafe(ID_BYTES), self._clock()
        self._sessions[_hashed(id)] = Session(SecretStr(token), now, now)
        return id

    def find(self, id: str, *, by_person: bool = True) -> Session | None:
        """The session of an id; None where it is over or never was. ``by_person``: it was used just
        now."""
        found, now = self._sessions.get(_hashed(id)), self._clock()
        if found is None:
            return None
        if now - found.used_at > IDLE_SECONDS or now - found.began_at > LONGEST_SECONDS:
            self.end(id)
            return None
        if by_person:
            found.used_at = now
        return found

    def shown(self, asked: HTTPConnection) -> str:
        """The token that was shown for the session that a request comes with; "" for none. The
        session is not used by that."""
        found = self.find(asked.cookies.get(cookie(asked), ""), by_person=False)
        return found.token.get_secret_value() if found else ""

    def end(self, id: str) -> None:
        """Nobody comes in by an id any more."""
        self._sessions.pop(_hashed(id), None)


def cookie(asked: HTTPConnection) -> str:
    """What the session's cookie is called: with a prefix by which browsers take it from this host
    and over TLS alone, where that is how they come (RFC 6265bis §4.1.3)."""
    return "__Host-postroom" if asked.url.scheme == "https" else "postroom"


def _hashed(id: str) -> str:
    return hashlib.sha256(id.encode(errors="replace")).hexdigest()
