"""Where a secret comes from. It is read when it is needed, by ``postroom.credentials``."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from postroom.accounts.table import FilePath, Table

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretSource(Table):
    """One of ``{ env = "NAME" }``, ``{ file = "/path" }``, ``{ keyring = true }``."""

    env: str | None = Field(default=None, max_length=200)
    """The name of an environment variable."""
    file: FilePath | None = None
    """A file of one line that other users cannot read."""
    keyring: Literal[True] | None = None
    """The system's keyring, under a name that is made from the account's address."""

    @model_validator(mode="before")
    @classmethod
    def _no_secret_here(cls, value: Any) -> Any:
        if isinstance(value, (dict, SecretSource)):
            return value
        raise ValueError(
            "is where the secret comes from, and never the secret: write"
            ' { env = "NAME" }, { file = "/path" } or { keyring = true }'
        )

    @field_validator("env")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        if value is not None and not _VARIABLE.fullmatch(value):
            raise ValueError("is the name of an environment variable: letters, digits, underscores")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.env, self.file, self.keyring)) != 1:
            raise ValueError("names one place: env, file or keyring")
        return self


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """A source and what the keyring calls this secret, such as ``agent@example.com/password``."""

    source: SecretSource
    entry: str
