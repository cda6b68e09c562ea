"""A mail server elsewhere: where it listens, and what is its own of the login."""

import re
from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from postroom.accounts.sources import SecretSource
from postroom.accounts.table import FilePath, Table
from postroom.model.servers import Security

_HOST = re.compile(r"(?!-)[a-z0-9._-]{1,253}|[0-9a-f:]{2,45}")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
    if imap.host == smtp.host or {imap.host, smtp.host} <= LOOPBACK:
        return True
    ends = [tuple(host.split(".")[-2:]) for host in (imap.host, smtp.host)]
    return ends[0] == ends[1] and not ends[0][-1].isdigit()
