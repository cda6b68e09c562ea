"""Plain mail clients: a kept SMTP connection, and an IMAP connection that idles."""

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rig.homes import rows, worker_of

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Account:
    """How a mail program logs in."""

    address: str
    password: str
    smtp_port: int
    imap_port: int


def account_of(home: Path, address: str) -> Account:
    """The account of a mailbox, as ``postroom mailboxes credentials`` tells it."""
    worker = worker_of(home)
    (box,) = rows(home, "SELECT password FROM mailboxes WHERE address = ?", address)
    return Account(address, box["password"], worker["smtp_port"], worker["imap_port"])


@contextmanager
def submission(account: Account) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in and kept."""
    with smtplib.SMTP(HOST, account.smtp_port, timeout=PATIENCE_SECONDS) as client:
        client.login(account.address, account.password)
        # smtplib leaves Nagle's algorithm on: a mail's last part would wait for the
        # acknowledgement of the one before.
        assert client.sock
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


def submit(client: smtplib.SMTP, sender: str, to: str, mail: bytes) -> float:
    """Hand a mail over; the moment of the 250, on the clock of `time.perf_counter`."""
    refused = client.sendmail(sender, [to], mail, mail_options=["BODY=8BITMIME"])
    if refused:
        raise RuntimeError(f"refused: {refused}")
    return time.perf_counter()


class Idler:
    """A connection in IDLE (RFC 2177) on a mailbox's INBOX."""

    def __init__(self, account: Account) -> None:
        self._socket = socket.create_connection((HOST, account.imap_port), PATIENCE_SECONDS)
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self._ask(f"a LOGIN {account.address} {account.password}", b"a ")
        self._ask("b SELECT INBOX", b"b ")
        self._ask("c IDLE", b"+")

    def _ask(self, command: str, answer: bytes) -> None:
        self._socket.sendall(f"{command}\r\n".encode())
        self._until(answer)

    def _until(self, start: bytes) -> bytes:
        while line := self._lines.readline():
            if line.startswith(start):
                return line
        raise RuntimeError("the IMAP server hung up")

    def next_arrival(self) -> float:
        """Waits for an EXISTS; its moment, on the clock of `time.perf_counter`."""
        while b"EXISTS" not in self._until(b"* "):
            pass
        return time.perf_counter()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()
