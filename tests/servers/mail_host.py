"""A mail host of the tests' own, from the files that `postroom provision print` writes.

What a test does with it: `add` an address, talk to its ports, look into its Maildirs.
"""

import os
import secrets
import shutil
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from servers.certificates import self_signed
from servers.daemons import LOOPBACK, free_ports, open_folder

from postroom.provision.directory_table import DirectoryTable, Row, ssha512
from postroom.provision.postfix_dovecot.options import HostOptions, host_options
from postroom.provision.postfix_dovecot.render import render, secret_files
from postroom.provision.postfix_dovecot.writing import write
from postroom.provision.sqlite_table import SqliteTable

DOMAIN = "agents.test"
USER = "mail"
"""Whose files the mail is: every Debian has this user, with a group of the same name."""

PORTS = ("imap", "imaps", "submission", "submissions", "smtp", "lmtp")


@dataclass(frozen=True)
class MailHost:
    """Where everything of one host is. All of it listens on 127.0.0.1."""

    folder: Path
    options: HostOptions
    table: DirectoryTable
    certificate: Path
    """Signs itself, for 127.0.0.1 and localhost: what a client has to trust."""
    more_dovecot: str = ""
    """What a test's operator wrote below the printed dovecot.conf."""

    @property
    def domain(self) -> str:
        return self.options.domain[0]

    @property
    def imap_port(self) -> int:
        """In the clear (loopback), or with STARTTLS."""
        return self.options.imap_port

    @property
    def imaps_port(self) -> int:
        return self.options.imaps_port

    @property
    def submission_port(self) -> int:
        """With STARTTLS, which it insists on."""
        return self.options.submission_port

    @property
    def submissions_port(self) -> int:
        return self.options.submissions_port

    @property
    def smtp_port(self) -> int:
        """Mail from other servers: no password, to this host's mailboxes alone."""
        return self.options.smtp_port

    @property
    def config(self) -> Path:
        """Where dovecot/ and postfix/ with the files are."""
        return Path(self.options.folder)

    def add(self, address: str, password: str = "", quota_mb: int = 0) -> str:
        """The password of a mailbox that is there and live from now on."""
        password = password or secrets.token_urlsafe(12)
        self.table.put(Row(address, ssha512(SecretStr(password)), quota_mb))
        return password

    def new(self, name: str = "box") -> tuple[str, str]:
        """Address and password of a mailbox that no other test has."""
        address = f"{name}-{secrets.token_hex(4)}@{self.domain}"
        return address, self.add(address)

    def retire(self, address: str) -> None:
        self.table.retire(address)

    def maildir(self, address: str, folder: str = "INBOX") -> Path:
        """The Maildir of a mailbox's folder; absent until something was delivered to it."""
        name, _, domain = address.partition("@")
        inbox = Path(self.options.mail_root) / domain / name / "Maildir"
        return inbox if folder == "INBOX" else inbox / f".{folder.replace('/', '.')}"

    def mail(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The raw mails in a mailbox's folder, in order of arrival."""
        files = [
            file
            for place in ("new", "cur")
            for file in self.maildir(address, folder).glob(f"{place}/*")
        ]
        return [file.read_bytes() for file in sorted(files, key=lambda file: file.name)]

    def tls(self) -> ssl.SSLContext:
        """A client's context that trusts this host and nobody else."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def submit(self, address: str, password: str, to: list[str], raw: bytes) -> None:
        """Hand a mail over as ``address``, over STARTTLS. Comes back with the server's 250."""
        with smtplib.SMTP(LOOPBACK, self.submission_port, timeout=20) as client:
            client.starttls(context=self.tls())
            client.login(address, password)
            client.sendmail(address, to, raw)

    def deliver(self, address: str, raw: bytes, sender: str = "sender@elsewhere.test") -> None:
        """Put a mail into a mailbox through Dovecot's LMTP, with no Postfix in the way."""
        with smtplib.LMTP(LOOPBACK, self.options.lmtp_port) as client:
            client.sendmail(sender, [address], raw)

    def logs(self) -> str:
        """What the servers have logged: for the message of a test that fails."""
        return "\n".join(
            f"== {file.name}\n{file.read_text(errors='replace')}"
            for file in sorted(Path(self.options.logs).glob("*.log"))
        )


@contextmanager
def prepared(
    table: DirectoryTable | None = None,
    database: dict[str, Any] | None = None,
    more_dovecot: str = "",
    **options: Any,
) -> Iterator[MailHost]:
    """A host whose files are written and whose table is there; nothing runs yet.

    ``table`` and ``database`` are how Postroom and the servers reach a database of the test's own;
    without them it is an SQLite file. ``more_dovecot`` goes below dovecot.conf. Other ``options``
    are those of `HostOptions`.
    """
    with open_folder() as folder:
        for name in ("run", "state", "data", "queue", "logs", "mail", "table"):
            (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / "mail", USER, USER)
        if table is None:
            table = _sqlite(folder / "table")
        pair = self_signed(folder)
        given = _options(folder) | options
        given["database"] = database or {"path": str(folder / "table" / "directory.db")}
        given.setdefault("certificate", str(pair.certificate))
        given.setdefault("key", str(pair.key))
        given["database"].setdefault("kind", "sqlite")
        host = MailHost(folder, host_options(**given), table, pair.certificate, more_dovecot)
        _write(host)
        yield host


def with_new_ports(host: MailHost) -> MailHost:
    """The same host on other ports, its files written anew: another program took one of them."""
    moved = host.options.model_copy(update=_ports())
    again = replace(host, options=moved)
    _write(again)
    return again


def _write(host: MailHost) -> None:
    write(
        render(host.options),
        host.config,
        secret=secret_files(host.options),
        readers=host.options.readers,
        overwrite=True,
    )
    with (host.config / "dovecot" / "dovecot.conf").open("a") as printed:
        printed.write(host.more_dovecot)


def _sqlite(folder: Path) -> SqliteTable:
    table = SqliteTable(folder / "directory.db", group="dovecot")
    table.prepare()
    return table


def _ports() -> dict[str, int]:
    return dict(zip((f"{name}_port" for name in PORTS), free_ports(len(PORTS)), strict=True))


def _options(folder: Path) -> dict[str, Any]:
    """A host that is wholly below ``folder``, and from which no mail leaves the machine."""
    return {
        **_ports(),
        "domain": [DOMAIN],
        "folder": str(folder / "etc"),
        "relay": "none",
        "user": USER,
        "group": USER,
        "mail_root": str(folder / "mail"),
        "dovecot_run": str(folder / "run"),
        "dovecot_state": str(folder / "state"),
        "postfix_queue": str(folder / "queue"),
        "postfix_data": str(folder / "data"),
        "logs": str(folder / "logs"),
        "retry_seconds": 1,
    }


def require(program: str, package: str) -> str:
    """Where a server's program is; else the test is skipped, and says what is absent."""
    found = shutil.which(program, path=f"/usr/sbin:/usr/bin:{os.defpath}")
    if found is None:
        pytest.skip(f"{package} is not installed: make servers")
    if os.geteuid() != 0:
        pytest.skip(f"{package} needs root")
    return found
