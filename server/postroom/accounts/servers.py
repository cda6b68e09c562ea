"""A mail server elsewhere: where it listens, and what is its own of the login."""

import ipaddress
import re
from typing import Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from postroom.accounts.sources import SecretSource
from postroom.accounts.table import FilePath, Table
from postroom.model.servers import Security

_HOST = re.compile(r"(?!-)[a-z0-9._-]{1,253}|[0-9a-f:]{2,45}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: ``localhost``, 127.0.0.0/8 (RFC 1122 §3.2.1.3), ``::1``."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class MailServer(Table):
    """What IMAP and SMTP servers have in common.

    Port and security follow from one another where one is left out; where both are, it is TLS
    from the first byte (RFC 8314 §3).
    """

    ports: ClassVar[dict[Security, int]] = {}

    host: str
    port: int = Field(ge=1, le=65535)
    security: Security
    certificates: FilePath | None = None
    """A file of certificates to trust in the place of the system's."""
    user: str | None = Field(default=None, max_length=500)
    """The login name here, where it is not the account's."""
    password: SecretSource | None = None
    """The password here, where it is not the account's."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        return cls._with_port(value) if isinstance(value, dict) else value

    @classmethod
    def _with_port(cls, given: dict[str, Any]) -> dict[str, Any]:
        usual = cls.ports.items()
        if "security" not in given:
            upgraded = given.get("port") == cls.ports[Security.STARTTLS]
            given = {**given, "security": Security.STARTTLS if upgraded else Security.TLS}
        if "port" not in given:
            fitting = (port for security, port in usual if security == given["security"])
            given = {**given, "port": next(fitting, cls.ports[Security.TLS])}
        return given

    @field_validator("host")
    @classmethod
    def _a_host(cls, value: str) -> str:
        host = value.strip().lower().rstrip(".")
        if not _HOST.fullmatch(host):
            raise ValueError('is a host name alone, such as "imap.example.com": no port, no scheme')
        return host

    @model_validator(mode="after")
    def _in_private(self) -> Self:
        """Passwords and mail go in the clear within this machine alone (RFC 8314 §3)."""
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(
                'has security = "none", which would show the password to everybody on the way:'
                f' write security = "tls" (port {self.ports[Security.TLS]}) or "starttls" (port'
                f' {self.ports[Security.STARTTLS]}); "none" is for localhost, 127.0.0.1 and ::1'
            )
        return self


class ImapServer(MailServer):
    """Where mail is read (RFC 3501)."""

    ports: ClassVar[dict[Security, int]] = {
        Security.NONE: 143,
        Security.STARTTLS: 143,
        Security.TLS: 993,
    }


class SmtpServer(MailServer):
    """Where mail is submitted (RFC 6409). An empty ``user`` does not log in."""

    ports: ClassVar[dict[Security, int]] = {
        Security.NONE: 587,
        Security.STARTTLS: 587,
        Security.TLS: 465,
    }


def one_provider(imap: MailServer, smtp: MailServer) -> bool:
    """Whether both hosts look like one provider's: the last two labels agree, or both are this
    machine. ``co.uk`` agrees with every ``co.uk``: it is a guard against a slip, not a proof."""
    if imap.host == smtp.host or (is_loopback(imap.host) and is_loopback(smtp.host)):
        return True
    ends = [tuple(host.split(".")[-2:]) for host in (imap.host, smtp.host)]
    return ends[0] == ends[1] and not ends[0][-1].isdigit()
