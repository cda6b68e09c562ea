"""A person's account on the mail host, with which a room lives together."""

import imaplib
import smtplib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rooms import rows
from servers.mail_host import MailHost

from postroom.build import PostRoom

STRANGER = "stranger@elsewhere.test"


@dataclass
class Account:
    """A person's account on the mail host, and a room that lives on it."""

    host: MailHost
    address: str
    password: str
    room: PostRoom

    def sub(self, name: str) -> str:
        local, _, domain = self.address.partition("@")
        return f"{local}+{name}@{domain}"

    def deliver(self, to: str, raw: bytes) -> None:
        """Mail from elsewhere comes to an address of the account."""
        self.host.deliver(to, raw, STRANGER)

    def bring(self, to: list[str], raw: bytes) -> None:
        """The same through Postfix: one mail, delivered for each recipient by itself."""
        with smtplib.SMTP("127.0.0.1", self.host.smtp_port, timeout=20) as smtp:
            smtp.sendmail(STRANGER, to, raw)

    async def texts(self) -> list[str]:
        """The words of everything that came in."""
        question = "SELECT text FROM messages WHERE direction = 'received'"
        found = await self.room.index.read(lambda con: rows(con, question))
        return [str(text).strip() for (text,) in found]

    def folder(self, name: str) -> list[bytes]:
        """The mails in a folder, as the person's own mail program sees them."""
        with imaplib.IMAP4("127.0.0.1", self.host.imap_port) as imap:
            imap.login(self.address, self.password)
            imap.select(name, readonly=True)
            found = imap.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
            return [part[1] for part in found if isinstance(part, tuple)]

    def make_folder(self, name: str) -> None:
        """The server makes a folder, as it does with the first mail to an address."""
        with imaplib.IMAP4("127.0.0.1", self.host.imap_port) as imap:
            imap.login(self.address, self.password)
            assert imap.create(name)[0] == "OK"

    def file(self, name: str, raw: bytes) -> None:
        """The person's own mail program puts a mail into a folder."""
        with imaplib.IMAP4("127.0.0.1", self.host.imap_port) as imap:
            imap.login(self.address, self.password)
            assert imap.append(name, r"(\Seen)", "", raw)[0] == "OK"


def account(host: MailHost, address: str, secret: Path, **more: Any) -> dict[str, Any]:
    """What an operator writes of one account on the mail host."""
    options = host.options
    return {
        "address": address,
        "password": {"file": str(secret)},
        "imap": {
            "host": "127.0.0.1",
            "port": options.imaps_port,
            "security": "tls",
            "certificates": str(host.certificate),
        },
        "smtp": {
            "host": "127.0.0.1",
            "port": options.submission_port,
            "security": "starttls",
            "certificates": str(host.certificate),
        },
        "files_sent": True,
        "poll_seconds": 0.05,
        **more,
    }
