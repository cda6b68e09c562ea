"""Dovecot and Postfix as the tests start them, and homes whose mail lies there."""

import json
import smtplib
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rig.absent import Absent
from rig.homes import ROOT

sys.path.insert(0, str(ROOT / "tests"))  # the tests' servers are the bench's, too

import pytest
from servers.daemons import free_ports
from servers.mail_host import MailHost
from servers.postfix import running_mail_host

__all__ = [
    "MailHost",
    "account_settings",
    "directory_settings",
    "free_ports",
    "host_submission",
    "mail_host",
]

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 30.0


@contextmanager
def mail_host(**options: Any) -> Iterator[MailHost]:
    """A host on which both run, ended afterwards; ``options`` are those of `HostOptions`.

    Raises `Absent` where they are not installed, or may not be started by this user.
    """
    with ExitStack() as held:
        try:
            host = held.enter_context(running_mail_host(**options))
        except pytest.skip.Exception as skipped:  # how the tests' servers say so
            raise Absent(str(skipped)) from None
        yield host


def directory_settings(home: Path, host: MailHost, lmtp_port: int = 0) -> None:
    """Write a postroom.toml whose default domain is on the host: a row is a mailbox there. With
    ``lmtp_port`` its mail is handed to Postroom on that port."""
    table: Any = host.table
    lmtp = [f"lmtp.port = {lmtp_port}"] if lmtp_port else []
    _write(
        home,
        [
            f"domain = {_said(host.domain)}",
            f"[domains.{_said(host.domain)}]",
            'provisioner = "directory"',
            f"database.sqlite = {_said(table.path)}",
            f"database.group = {_said(table.group)}",
            *_servers(host),
            f"trusted = [{_said(host.options.hostname)}]",
            *lmtp,
        ],
    )


def account_settings(home: Path, host: MailHost, address: str, password: str) -> None:
    """Write a postroom.toml in which every mailbox is a sub-address of one account."""
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    _write(
        home,
        [
            f"domain = {_said(host.domain)}",
            "[accounts.one]",
            f"address = {_said(address)}",
            f"password.file = {_said(secret)}",
            *_servers(host),
            "files_sent = true",
            f"[domains.{_said(host.domain)}]",
            'provisioner = "account"',
            'account = "one"',
        ],
    )


def _servers(host: MailHost) -> list[str]:
    return [
        f"imap = {{ host = {_said(LOOPBACK)}, port = {host.imap_port}, security = 'none' }}",
        f"smtp = {{ host = {_said(LOOPBACK)}, port = {host.submission_port},"
        f" security = 'starttls', certificates = {_said(host.certificate)} }}",
    ]


def _said(value: object) -> str:
    """A TOML string: JSON's is one."""
    return json.dumps(str(value))


def _write(home: Path, lines: list[str]) -> None:
    (home / "postroom.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")


@contextmanager
def host_submission(host: MailHost, address: str, password: str) -> Iterator[smtplib.SMTP]:
    """A connection to the host's submission port that is logged in and kept."""
    with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=PATIENCE_SECONDS) as client:
        client.starttls(context=host.tls())
        client.login(address, password)
        assert client.sock
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client
