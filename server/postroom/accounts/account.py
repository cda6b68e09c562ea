"""One real IMAP/SMTP account."""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from postroom.accounts.address import Address
from postroom.accounts.filling import filled
from postroom.accounts.oauth import OAuth
from postroom.accounts.presets import PRESETS, Preset
from postroom.accounts.servers import ImapServer, MailServer, SmtpServer, one_provider
from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.accounts.unknown import OnUnknown
from postroom.accounts.verification import Verification


@dataclass(frozen=True, slots=True)
class Credential:
    """As whom to log in at one server, and with what: a password, a token, or as nobody."""

    user: str
    password: SecretPlace | None = None
    oauth: OAuth | None = None


class Account(Verification):
    """``[accounts.NAME]``: both servers, how the account proves who it is, and its pace."""

    address: Address
    user: str = Field(default="", max_length=500)
    """The login name; the address where it is left out."""
    password: SecretSource | None = None
    preset: str = ""
    imap: ImapServer
    smtp: SmtpServer
    oauth: OAuth | None = None
    trusted: tuple[str, ...] = Field(default=(), max_length=100)
    """The authserv-ids whose Authentication-Results are believed (RFC 8601 §2.5)."""
    check_dkim: bool = False
    """Whether Postroom checks DKIM signatures of what comes in itself: a DNS look-up a signer."""
    files_sent: bool = False
    """Whether what is submitted lies in Sent by itself; otherwise it is put there."""
    on_unknown: OnUnknown = OnUnknown.HOLD
    poll_seconds: float = Field(default=2.0, ge=0.02, le=600)
    """Between two looks while somebody waits. 25 ms is for one's own server."""
    idle_poll_seconds: float = Field(default=60.0, ge=1, le=86_400)
    """Between two looks where IDLE is missing or does not deliver."""
    connections: int = Field(default=3, ge=1, le=100)
    """IMAP connections at a time: providers allow few, and people's programs need some."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        return filled(value) if isinstance(value, dict) else value

    @field_validator("trusted")
    @classmethod
    def _as_compared(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.strip().casefold() for each in value if each.strip())

    @model_validator(mode="after")
    def _proves_who_it_is(self) -> Self:
        if self.password is not None and self.oauth is not None:
            raise ValueError("has both password and oauth: keep one; a server may have a password")
        if self._nobody(self.imap):
            raise ValueError("has an empty imap.user: only submission works without a login")
        for name, server in (("imap", self.imap), ("smtp", self.smtp)):
            if self._nobody(server):
                continue
            if server.password or self.password or self.oauth:
                continue
            raise ValueError(
                f'has nothing to log in to {name} with: write password = {{ env = "NAME" }},'
                ' { file = "/path" } or { keyring = true }, or an oauth table'
            )
        if not (
            one_provider(self.imap, self.smtp) or self.smtp.password or self._nobody(self.smtp)
        ):
            raise ValueError(
                f"would show its secret to two providers, {self.imap.host} and {self.smtp.host}:"
                " give smtp a password of its own (the same source, where it is one provider), or"
                ' smtp.user = "" where no login is wanted'
            )
        return self

    @staticmethod
    def _nobody(server: MailServer) -> bool:
        return server.user == ""

    @property
    def provider(self) -> Preset | None:
        """What is known of the provider, where a preset was named. What it says of submission is
        about its own server: see ``submits_at_provider``."""
        return PRESETS.get(self.preset)

    @property
    def submits_at_provider(self) -> bool:
        """Whether mail is submitted at the preset's own server."""
        return self.provider is not None and self.smtp.host == self.provider.smtp.host

    @property
    def imap_login(self) -> Credential:
        """As whom to read."""
        return self._credential("imap", self.imap)

    @property
    def smtp_login(self) -> Credential:
        """As whom to submit; an empty user does not log in."""
        return self._credential("smtp", self.smtp)

    @property
    def client_secret(self) -> SecretPlace | None:
        """Where the OAuth client's secret is."""
        return self._place("oauth.client_secret", self.oauth.client_secret if self.oauth else None)

    @property
    def refresh_token(self) -> SecretPlace | None:
        """Where the refresh token is, and where its successor goes."""
        return self._place("oauth.refresh_token", self.oauth.refresh_token if self.oauth else None)

    def _credential(self, name: str, server: MailServer) -> Credential:
        if self._nobody(server):
            return Credential("")
        user = server.user or self.user or self.address
        if server.password is not None:
            return Credential(user, self._place(f"{name}.password", server.password))
        return Credential(user, self._place("password", self.password), self.oauth)

    def _place(self, key: str, source: SecretSource | None) -> SecretPlace | None:
        return SecretPlace(source, f"{self.address}/{key}") if source is not None else None
