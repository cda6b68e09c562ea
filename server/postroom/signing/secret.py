"""The secret that private parts are sealed with: read where the operator says it lies, and made
there with the first key."""

import asyncio
import secrets
from pathlib import Path

from pydantic import SecretStr

from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.credentials.vault import Vault
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.model.secrets import Secret
from postroom.settings import Settings, environment

ENTRY = "domain-keys/secret"
"""What the keyring calls it."""

SECRET_FILE = "domain-keys.secret"
"""In the home, where nothing else is said."""

SECRET_OCTETS = 32
SHORTEST_CHARS = 32
"""Of one that the operator wrote: nothing slows down whoever guesses at it, so it is to be random,
such as `openssl rand -base64 32` gives."""

LOCK_SECONDS = 70.0
"""For another process that makes it just now; its keyring may ask a person (keyring.py)."""


class SealingSecret:
    """The one secret of a post room's domain keys."""

    def __init__(self, place: SecretPlace, home: Path, vault: Vault) -> None:
        self._secret: Secret = vault.at(place)
        self._lock_file = home / "domain-keys.lock"

    @classmethod
    def of(cls, settings: Settings) -> "SealingSecret":
        """Where the settings say that it lies."""
        source = settings.operator.domain_keys or SecretSource(file=settings.home / SECRET_FILE)
        return cls(SecretPlace(source, ENTRY), settings.home, Vault(environment()))

    @property
    def place(self) -> str:
        """Where it lies, in words."""
        return self._secret.place

    async def read(self) -> SecretStr:
        """The secret. Raises Refused, InvalidRequest or Unavailable where it cannot be had."""
        try:
            found = await self._secret.read()
        except Unavailable as error:
            raise Unavailable(
                "domain_keys_closed",
                f"The secret that opens the keys of domains cannot be had. {error.message}",
                f"Put it back into {self.place}. Where it is lost, so are the keys of all domains:"
                " postroom domains rotate-dkim DOMAIN --new-secret, for each of them",
            ) from error
        if len(found.get_secret_value()) < SHORTEST_CHARS:
            raise InvalidRequest(
                "domain_keys_secret_short",
                f"The secret in {self.place} has less than {SHORTEST_CHARS} characters.",
                "Put a random one there: openssl rand -base64 32",
            )
        return found

    async def read_or_make(self) -> SecretStr:
        """The secret, made where there is none yet. Of two processes that ask at the same time one
        makes it, and both have the same. Raises as ``read``, and where none can be put there."""
        from filelock import FileLock, Timeout

        # Not thread-local: it is let go on another thread than it was taken on.
        lock = FileLock(self._lock_file, timeout=LOCK_SECONDS, thread_local=False)
        try:
            await asyncio.to_thread(lock.acquire)
        except (Timeout, OSError) as error:
            raise Unavailable(
                "domain_keys_busy",
                "Another process makes the secret of domain keys, or none may be made here.",
                f"See that {self._lock_file} can be written, and try again.",
            ) from error
        try:
            return await self._made()
        finally:
            await asyncio.to_thread(lock.release)

    async def _made(self) -> SecretStr:
        try:
            return await self.read()
        except Unavailable as error:
            if not self._secret.can_keep or not _is_missing(error.__cause__):
                raise
        await self._secret.keep(SecretStr(secrets.token_urlsafe(SECRET_OCTETS)))
        return await self.read()


def _is_missing(error: BaseException | None) -> bool:
    """Whether there is none: what is there and cannot be read is never replaced."""
    if not isinstance(error, Unavailable):
        return False
    return error.code == "secret_missing" or isinstance(error.__cause__, FileNotFoundError)
