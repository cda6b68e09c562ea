"""A refresh token and its successors: the provider may replace it with every answer (RFC 6749 §6).

The place that the operator named leads: what a person puts there is used from then on. Where a
successor cannot be put there, it is used from memory, and it is said once what that means.
"""

import logging

from pydantic import SecretStr

from postroom.model.errors import PostroomError
from postroom.model.secrets import Secret

log = logging.getLogger("postroom.oauth")


class RefreshToken:
    """The refresh token of one account."""

    def __init__(self, secret: Secret, account: str) -> None:
        self._secret = secret
        self._account = account
        self._found: SecretStr | None = None
        self._successor: SecretStr | None = None
        self._told = False

    @property
    def place(self) -> str:
        """Where it lies, in words."""
        return self._secret.place

    async def current(self) -> SecretStr:
        """The one to use now. Raises as ``Secret.read`` does."""
        found = await self._secret.read()
        if found != self._found:
            self._found, self._successor = found, None
        return self._successor or found

    async def succeed(self, used: SecretStr, successor: SecretStr | None) -> None:
        """Keep the successor of the one that was just used; ``None`` where it stays."""
        if successor is not None and successor != used:
            self._successor = successor
        if self._successor is not None:
            await self._keep(self._successor)

    async def _keep(self, successor: SecretStr) -> None:
        if not self._secret.can_keep:
            self._tell_once(f"cannot be put into {self.place}")
            return
        try:
            await self._secret.keep(successor)
        except PostroomError as error:
            self._tell_once(f"could not be put into {self.place} ({error.code})")
            return
        self._found, self._successor, self._told = successor, None, False

    def _tell_once(self, why: str) -> None:
        if self._told:
            return
        self._told = True
        log.warning(
            "The provider has replaced the refresh token of %s. The new one %s: it is used while"
            " this program runs, and after that consent may have to be given again. Name a file or"
            " the keyring that this user can write.",
            self._account,
            why,
        )
