"""What an operator may choose about a Postfix and Dovecot host, checked before it is written.

The values stand in files of four syntaxes (main.cf, master.cf, dovecot.conf, SQL look-ups), each
with its own quoting or none. So nothing is quoted: what any of them reads as more than a word is
refused.
"""

import ipaddress
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic import ValidationError as Malformed

from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_MESSAGE_BYTES


def _shaped(pattern: str, says: str) -> AfterValidator:
    """A check that the whole text is of ``pattern``; ``says`` completes "this must be"."""
    whole = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not whole.fullmatch(text):
            raise ValueError(f"must be {says}")
        return text

    return AfterValidator(check)


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)*{_LABEL}"

AbsolutePath = Annotated[
    str,
    _shaped(r"(?:/[A-Za-z0-9_.@+-]+)+", "an absolute path of letters, digits and _ . - @ + alone"),
]
OptionalPath = Annotated[
    str,
    _shaped(r"(?:(?:/[A-Za-z0-9_.@+-]+)+)?", "an absolute path of letters, digits and _ . - @ +"),
]
Domain = Annotated[
    str,
    _shaped(
        rf"(?:{_LABEL}\.)+{_LABEL}", "a domain in lower case (one that is not ASCII as xn--...)"
    ),
]
HostName = Annotated[str, _shaped(_HOST, "a host name or an IPv4 address")]
OptionalName = Annotated[str, _shaped(rf"(?:{_HOST})?", "a host name")]
SystemName = Annotated[
    str, _shaped(r"[a-z_][a-z0-9_-]{0,31}", "a system user's or group's name (lower case)")
]
SqlName = Annotated[
    str, _shaped(r"[a-z_][a-z0-9_]{0,62}", "a name of lower-case letters, digits and _")
]
Address = Annotated[
    str, _shaped(rf"(?:[a-z0-9._-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL})?", "a lower-case address")
]
Relay = Annotated[
    str,
    _shaped(
        rf"direct|none|\[{_HOST}\]:[0-9]{{1,5}}",
        '"direct", "none", or the host that takes the mail, as [host]:port',
    ),
]
Port = Annotated[int, Field(ge=1, le=65535)]
OptionalPort = Annotated[int, Field(ge=0, le=65535)]


def _listens(text: str) -> str:
    if text == "all":
        return text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError('must be an IP address, or "all"') from None


Listen = Annotated[str, AfterValidator(_listens)]


class _Options(BaseModel):
    # A database's password may be among what is refused: no input in errors.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SqliteFile(_Options):
    """The table is in an SQLite file."""

    kind: Literal["sqlite"] = "sqlite"
    path: AbsolutePath


class Postgres(_Options):
    """The table is in a PostgreSQL database; ``user`` is who only reads it."""

    kind: Literal["postgresql"] = "postgresql"
    host: HostName = "127.0.0.1"
    port: Port = 5432
    database: SqlName
    user: SqlName
    password: SecretStr

    @model_validator(mode="after")
    def _password_is_a_word(self) -> Self:
        if not re.fullmatch(r"[A-Za-z0-9._~+:@-]{1,200}", self.password.get_secret_value()):
            raise ValueError(
                "password must be of letters, digits and . _ ~ + : @ - alone (such as what"
                " `openssl rand -hex 24` prints): the files know no quoting"
            )
        return self


class HostOptions(_Options):
    """A host of Postfix and Dovecot. The descriptions are the command line's help."""

    domain: Annotated[
        tuple[Domain, ...],
        Field(min_length=1, description="A domain whose mailboxes Postroom makes."),
    ]
    database: Annotated[SqliteFile | Postgres, Field(discriminator="kind")]
    folder: AbsolutePath = Field(
        "/etc", description="Where dovecot/ and postfix/ with these files will lie."
    )
    hostname: OptionalName = Field(
        "", description="The host's own name, with reverse DNS.  [default: mail.DOMAIN]"
    )
    listen: Listen = Field(
        "127.0.0.1", description='Where IMAP and submission listen: an address, or "all".'
    )
    smtp_listen: Listen = Field(
        "127.0.0.1", description='Where mail from other servers is taken: an address, or "all".'
    )
    imap_port: Port = Field(143, description="IMAP.")
    imaps_port: Port = Field(993, description="IMAP with TLS; needs a certificate.")
    submission_port: Port = Field(587, description="Submission; STARTTLS with a certificate.")
    submissions_port: Port = Field(465, description="Submission with TLS; needs a certificate.")
    smtp_port: Port = Field(25, description="Mail from other servers.")
    lmtp_port: OptionalPort = Field(
        0, description="Dovecot's LMTP on loopback, beside its socket; 0: the socket alone."
    )
    postroom_lmtp_port: OptionalPort = Field(
        0, description="Deliver to Postroom's LMTP on this port; 0: to Dovecot."
    )
    certificate: OptionalPath = Field("", description="The certificate, with its chain (PEM).")
    key: OptionalPath = Field("", description="Its private key (PEM).")
    file_sent: bool = Field(True, description="File what is sent in Sent, as it is accepted.")
    relay: Relay = Field(
        "direct", description='Mail to elsewhere: "direct", "none", or a smarthost [host]:port.'
    )
    postmaster: Address = Field(
        "", description="Who gets the mail to postmaster@ and abuse@ of each domain."
    )
    user: SystemName = Field("vmail", description="The system user whose files all mail is.")
    group: SystemName = Field("vmail", description="That user's group.")
    readers: SystemName = Field(
        "dovecot", description="The group that may read the table's SQLite file, or its password."
    )
    mail_root: AbsolutePath = Field("/var/vmail", description="Below it: DOMAIN/NAME/Maildir.")
    dovecot_run: AbsolutePath = Field("/run/dovecot", description="Dovecot's sockets.")
    dovecot_state: AbsolutePath = Field("/var/lib/dovecot", description="Dovecot's own state.")
    postfix_queue: AbsolutePath = Field("/var/spool/postfix", description="Postfix's queue.")
    postfix_data: AbsolutePath = Field("/var/lib/postfix", description="Postfix's own data.")
    logs: OptionalPath = Field(
        "", description="A folder for dovecot.log and postfix.log.  [default: syslog]"
    )
    connections: int = Field(2000, ge=10, le=100_000, description="IMAP connections at once.")
    message_bytes: int = Field(
        MAX_MESSAGE_BYTES, ge=100_000, le=1 << 30, description="The largest mail, bytes."
    )
    retry_seconds: int = Field(
        30, ge=1, le=3600, description="How often a delivery that failed is tried again."
    )

    @property
    def with_tls(self) -> bool:
        return bool(self.certificate)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key belong together: name both, or neither")
        if not self.with_tls and not _is_loopback(self.listen):
            raise ValueError(
                "listen must be a loopback address while there is no certificate: passwords would"
                " cross the network in the clear"
            )
        if len(set(self.domain)) < len(self.domain):
            raise ValueError("domains must differ from one another")
        ports = [port for _, port in self.listening()]
        if len(set(ports)) < len(ports):
            raise ValueError("ports must differ from one another")
        return self

    def listening(self) -> list[tuple[str, int]]:
        """Name and number of each port that will be opened on this host by the two."""
        plain = ["imap_port", "submission_port", "smtp_port", "lmtp_port"]
        tls = ["imaps_port", "submissions_port"] if self.with_tls else []
        found = [(name, int(getattr(self, name))) for name in plain + tls]
        return [(name, port) for name, port in found if port]


def _is_loopback(listen: str) -> bool:
    return listen != "all" and ipaddress.ip_address(listen).is_loopback


_NAMES = frozenset({*HostOptions.model_fields, *SqliteFile.model_fields, *Postgres.model_fields})


def host_options(**given: Any) -> HostOptions:
    """The options that ``given`` means.

    Raises:
        InvalidRequest: one is off; the message names it and holds no value.
    """
    try:
        return HostOptions.model_validate(given)
    except Malformed as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(step for step in first["loc"] if step in _NAMES)
        place = place.removesuffix(".path")  # a file is what --database itself names
        said = first["msg"].removeprefix("Value error, ")
        raise InvalidRequest(
            "host_options_invalid",
            f"{place}: {said}." if place else f"{said[0].upper()}{said[1:]}.",
            "Correct the option.",
        ) from None
