"""A request with an idempotency key makes its thing once, however often it is repeated."""

from dataclasses import dataclass

from postroom.index import keys
from postroom.index.database import Connection
from postroom.model.errors import Conflict, InvalidRequest, KeyReused

MAX_KEY_CHARS = 200


@dataclass(frozen=True)
class Once:
    """One request, by the key that its caller gave it; None where it was given none."""

    key: str | None
    what: str
    """What it makes, in a word."""
    request: str
    """All that it asks for: what tells it from another."""

    def __post_init__(self) -> None:
        if self.key is not None and not 1 <= len(self.key) <= MAX_KEY_CHARS:
            raise malformed()

    def made(self, con: Connection, who: str) -> str | None:
        """What this very request has made already, as `keep` was told it.

        Raises:
            KeyReused: the key stands for another request.
        """
        found = keys.known(con, who, self.key) if self.key is not None else None
        if found is None:
            return None
        same = found["what"], found["request"]
        if same != (self.what, keys.hash_of(con, self.request)):
            raise KeyReused(
                "idempotency_conflict",
                "This idempotency key was used for another request.",
                "Use a new key for a new request; repeat the very same one with the same key.",
            )
        return str(found["made"])

    def require_untold(self, con: Connection, who: str, whose: str) -> None:
        """Raise Conflict where this very request made a secret already: it is told once. ``whose``
        it is, in a word: token.

        Raises:
            KeyReused: as `made`.
        """
        made = self.made(con, who)
        if made is not None:
            raise Conflict(
                "secret_told_already",
                f"With this idempotency key a secret of {whose} {made} was made already, and told"
                " then.",
                f"If that answer was lost, rotate the {whose} with a new key, or take it away.",
            )

    def keep(self, con: Connection, at: float, who: str, made: str) -> None:
        """Remember what was made, in the same transaction."""
        if self.key is not None:
            keys.keep(con, at, who, self.key, self.what, self.request, made)


def malformed() -> InvalidRequest:
    """What is said of a key that is none."""
    return InvalidRequest(
        "idempotency_key_malformed",
        f"idempotency_key is 1 to {MAX_KEY_CHARS} characters.",
        "Pass another one.",
    )
