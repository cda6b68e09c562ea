"""What was said on the command line of a new account. No I/O."""

from dataclasses import dataclass
from pathlib import Path

from postroom.accounts.domains import SEPARATORS
from postroom.accounts.servers import ImapServer, MailServer, SmtpServer, is_loopback
from postroom.model.errors import InvalidRequest
from postroom.model.servers import Security


@dataclass(frozen=True)
class Wanted:
    """The options of `postroom accounts add`; None where one was left out."""

    address: str | None
    name: str | None
    user: str | None
    imap: str | None
    imap_security: str | None
    smtp: str | None
    smtp_security: str | None
    certificates: Path | None
    password_file: Path | None
    password_env: str | None
    keyring: bool
    domain: str | None
    addresses: str
    separator: str | None
    accept_outside: bool
    send: bool
    patience: float
    anyway: bool
    nameserver: str | None

    @property
    def source(self) -> dict[str, object] | None:
        """Where the password lies already, as postroom.toml says it; None where nobody said.

        Raises:
            InvalidRequest: several places were named.
        """
        named: list[dict[str, object]] = []
        if self.password_file is not None:
            named.append({"file": str(self.password_file.expanduser().resolve())})
        if self.password_env is not None:
            named.append({"env": self.password_env})
        if self.keyring:
            named.append({"keyring": True})
        if len(named) > 1:
            raise InvalidRequest(
                "password_places",
                "The password lies in one place.",
                "Pass one of --password-file, --password-env and --keyring.",
            )
        return named[0] if named else None

    @property
    def resolver_at(self) -> tuple[str, int] | None:
        """The name server to ask; None for the system's."""
        if self.nameserver is None:
            return None
        host, port = host_and_port(self.nameserver, "--nameserver")
        return host, port or 53

    def checked(self) -> "Wanted":
        """The same; InvalidRequest where an option makes no sense."""
        if self.separator is not None and self.separator not in tuple(SEPARATORS):
            raise InvalidRequest(
                "separator_unknown",
                f"--separator is one of {' '.join(SEPARATORS)}.",
                "Leave it out for a plus sign.",
            )
        for named, security, option in (
            (self.imap, self.imap_security, "imap"),
            (self.smtp, self.smtp_security, "smtp"),
        ):
            if security is not None and named is None:
                raise InvalidRequest(
                    "server_missing",
                    f"--{option}-security is about a server that --{option} names.",
                    f"Pass --{option} HOST[:PORT] as well.",
                )
        return self


def host_and_port(text: str, option: str) -> tuple[str, int]:
    """``HOST``, ``HOST:PORT`` or ``[IPv6]:PORT``; a port of 0 where there is none."""
    host, _, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not host or (":" in host and not host.startswith("[")):
        host, port = text, ""
    if host.startswith(":") and not host.startswith("::"):
        port = host  # a port, and no host
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise InvalidRequest(
            "port_malformed", f"{option} has no such port.", "Write it as HOST or HOST:PORT."
        )
    return host.strip("[]"), int(port or 0)


def server_named(text: str, security: str | None, option: str) -> tuple[str, int, Security]:
    """Host, port and security that an option means; one that is left out follows from the other."""
    host, port = host_and_port(text, option)
    if security == Security.NONE and not is_loopback(host.lower()):
        raise InvalidRequest(
            "security_none",
            f"{option}-security none would show the password to everybody on the way.",
            f"Use {option}-security tls or starttls: none is for localhost, 127.0.0.1 and ::1.",
        )
    kind: type[MailServer] = ImapServer if option == "--imap" else SmtpServer
    given: dict[str, object] = {"host": host}
    given |= {"port": port} if port else {}
    given |= {"security": security} if security else {}
    try:
        server = kind.model_validate(given)
    except ValueError:
        raise InvalidRequest(
            "host_malformed",
            f"{option} is no host name.",
            "Write it as imap.example.com or imap.example.com:993.",
        ) from None
    return server.host, server.port, server.security
