"""A secret, as those see it who need one: read when it is needed, and perhaps kept anew."""

from typing import Protocol

from pydantic import SecretStr


class Secret(Protocol):
    """A password, a client secret or a refresh token, wherever it lies."""

    @property
    def place(self) -> str:
        """Where it lies, in words for an error or a log: never the secret itself."""

    @property
    def can_keep(self) -> bool:
        """Whether another value can be put in its place."""

    async def read(self) -> SecretStr:
        """The secret as it is there now.

        Raises:
            InvalidRequest, Refused, Unavailable: it cannot be had; the next step says what to do.
        """

    async def keep(self, value: SecretStr) -> None:
        """Put ``value`` in its place, wholly or not at all.

        Raises:
            Refused, Unavailable: it cannot be kept there.
        """
