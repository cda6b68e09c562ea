"""A secret in the system's keyring: Keychain, Credential Locker, Secret Service, KWallet.

The keyring library is an extra of ours and known to this module alone. It is loaded with the first
secret: it looks for backends among all that is installed, which takes a while.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from postroom.model.errors import InvalidRequest, Unavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "postroom"
"""What all entries of ours are filed under."""

PATIENCE_SECONDS = 60.0
"""For a keyring that asks a person to unlock it first."""


class KeyringSecret:
    """One entry, such as ``agent@example.com/password``."""

    can_keep = True

    def __init__(self, entry: str, patience: float = PATIENCE_SECONDS) -> None:
        self._entry = entry
        self._patience = patience

    @property
    def place(self) -> str:
        return f"the keyring (service {SERVICE}, user {self._entry})"

    async def read(self) -> SecretStr:
        """Unavailable: the library or a keyring is absent, it stays locked, or holds no such entry.
        InvalidRequest: the entry is no text of one line."""
        value = await self._ask(lambda ring: ring.get_password(SERVICE, self._entry))
        if not value:
            raise Unavailable(
                "secret_missing",
                f"There is no secret in {self.place}.",
                f"Store it: keyring set {SERVICE} {self._entry}",
            )
        if not value.isprintable():
            raise InvalidRequest(
                "secret_malformed",
                f"The secret in {self.place} holds control characters.",
                "Store it again as one line of text.",
            )
        return SecretStr(value)

    async def keep(self, value: SecretStr) -> None:
        """Put it there. Unavailable: as for reading, or the keyring refuses."""
        secret = value.get_secret_value()
        await self._ask(lambda ring: ring.set_password(SERVICE, self._entry, secret))

    async def forget(self) -> None:
        """Take it out again; raises as for keeping."""
        await self._ask(lambda ring: ring.delete_password(SERVICE, self._entry))

    async def _ask(self, ask: Callable[["KeyringBackend"], T]) -> T:
        try:
            async with asyncio.timeout(self._patience):
                return await _aside(lambda: _carefully(ask))
        except TimeoutError:
            raise Unavailable(
                "keyring_silent",
                f"The keyring did not answer within {self._patience:g} s.",
                "Unlock it, or name a file or an environment variable in its place.",
            ) from None


async def keyring_is_there(patience: float = PATIENCE_SECONDS) -> bool:
    """Whether this machine has a keyring to put a secret into: one that its owner has chosen, or
    one that the keyring library recommends. It would also take a file that is not encrypted, and a
    file of one's own is better than that."""
    try:
        async with asyncio.timeout(patience):
            return await _aside(lambda: _carefully(_is_fit))
    except (Unavailable, TimeoutError):
        return False


def _is_fit(ring: "KeyringBackend") -> bool:
    from keyring import core

    if core.load_env() or core.load_config():
        return True
    return any(core.recommended(each) for each in getattr(ring, "backends", (ring,)))


def _carefully(ask: Callable[["KeyringBackend"], T]) -> T:
    """What ``ask`` gets from the keyring. Its failures become ours: those of backends are many, and
    some repeat a value."""
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except ImportError:
        raise Unavailable(
            "keyring_absent",
            "The keyring library is not installed.",
            "Install it with: pip install 'postroom[keyring]'. Or name a file or an environment"
            " variable in its place.",
        ) from None
    try:
        return ask(keyring.get_keyring())
    except NoKeyringError:
        raise Unavailable(
            "keyring_absent",
            "This machine has no keyring that can be used here.",
            "Name a file or an environment variable in its place.",
        ) from None
    except Exception:
        raise Unavailable(
            "keyring_refused",
            "The keyring refused.",
            "Unlock it and allow this program, or name a file in its place.",
        ) from None


async def _aside(work: Callable[[], T]) -> T:
    """What ``work`` gives, on a thread that the program's end does not wait for: a keyring may ask
    a person, and nobody may be there."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(value)  # type: ignore[arg-type]  # there is no error: it is a value

    def run() -> None:
        outcome: tuple[T | None, BaseException | None]
        try:
            outcome = work(), None
        except Exception as error:
            outcome = None, error
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:
            return  # the loop has ended, and with it whoever asked

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await done
