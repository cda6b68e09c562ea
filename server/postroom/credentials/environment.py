"""A secret in an environment variable."""

from collections.abc import Mapping

from pydantic import SecretStr

from postroom.model.errors import Refused, Unavailable


class EnvironmentSecret:
    """The value of one variable of this process."""

    can_keep = False

    def __init__(self, variable: str, environment: Mapping[str, str]) -> None:
        self._variable = variable
        self._environment = environment

    @property
    def place(self) -> str:
        return f"the environment variable {self._variable}"

    async def read(self) -> SecretStr:
        """Unavailable: it is not set, or empty."""
        value = self._environment.get(self._variable, "")
        if not value:
            raise Unavailable(
                "secret_missing",
                f"The environment variable {self._variable} is not set.",
                "Set it where this program is started: a client or a service has an environment of"
                " its own.",
            )
        return SecretStr(value)

    async def keep(self, value: SecretStr) -> None:
        """Refused: what started this program holds the variable."""
        raise Refused(
            "secret_not_kept",
            f"Nothing can be kept in {self.place}.",
            "Name a file or the keyring in its place.",
        )
