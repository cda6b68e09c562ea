"""A token end point, and as whom it is asked (RFC 6749)."""

from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from postroom.accounts.servers import is_loopback
from postroom.accounts.sources import SecretSource
from postroom.accounts.table import FilePath, Table


class Grant(StrEnum):
    """On what grounds a token is given."""

    REFRESH_TOKEN = "refresh_token"
    """The account's owner consented once (RFC 6749 §6)."""
    CLIENT_CREDENTIALS = "client_credentials"
    """The organisation lets this client in by itself (RFC 6749 §4.4)."""


class OAuth(Table):
    """How access tokens are got."""

    grant: Grant = Grant.REFRESH_TOKEN
    client_id: str = Field(min_length=1, max_length=500)
    client_secret: SecretSource | None = None
    """A public client has none (RFC 6749 §2.1)."""
    refresh_token: SecretSource | None = None
    token_url: str
    certificates: FilePath | None = None
    """A file of certificates to trust in the place of the system's, for the end point."""
    scope: str = Field(default="", max_length=2000)
    """What is asked for, separated by spaces; empty for what was consented to (RFC 6749 §6)."""
    tenant: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9.-]*$")
    """The organisation, where a preset's end point is one for each (Microsoft Entra)."""

    @field_validator("token_url")
    @classmethod
    def _kept_secret_on_its_way(cls, value: str) -> str:
        try:
            url = urlsplit(value)
            port_is_one = url.port is None or url.port > 0
        except ValueError:
            raise ValueError("is no URL") from None
        plain_to_itself = url.scheme == "http" and is_loopback(url.hostname or "")
        if not (url.scheme == "https" or plain_to_itself) or not url.hostname or not port_is_one:
            raise ValueError("is a URL that begins with https:// (RFC 6749 §3.2)")
        if url.username is not None or url.fragment:
            raise ValueError("is a URL without user, password and fragment (RFC 6749 §3.2)")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.grant is Grant.REFRESH_TOKEN and self.refresh_token is None:
            raise ValueError(
                "has no refresh_token: name the place of the one that the consent brought, or set"
                ' grant = "client_credentials"'
            )
        if self.grant is Grant.CLIENT_CREDENTIALS and self.client_secret is None:
            raise ValueError("has no client_secret, which this grant rests on: name its place")
        if self.grant is Grant.CLIENT_CREDENTIALS and self.refresh_token is not None:
            raise ValueError("has a refresh_token, which this grant does not use: remove one")
        return self
