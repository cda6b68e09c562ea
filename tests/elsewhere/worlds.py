"""The kinds of places where an agent's mailbox may lie, each with a way to bring it a mail from
elsewhere: for stories that must read the same on all of them."""

import smtplib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elsewhere.conftest import directory, settings_of
from elsewhere.one_account import STRANGER, account
from rooms import PATIENCE, TestClock
from servers.mail_host import MailHost

from postroom.build import PostRoom, open_room
from postroom.model.callers import operator as the_operator

KINDS = ("builtin", "directory", "account", "lmtp")


@dataclass
class World:
    """A room's home, what its operator wrote, and the servers around it."""

    kind: str
    home: Path
    operator: dict[str, Any]
    host: MailHost | None = None
    """None where there is only the built-in server."""
    clock: TestClock = field(default_factory=TestClock)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[PostRoom]:
        """The room, once it does its own I/O."""
        settings = settings_of(self.home, self.operator)
        async with open_room(settings, program="test", clock=self.clock) as room:
            await room.worker.start()
            assert await room.worker.settled(PATIENCE)
            yield room

    async def credentials(self, room: PostRoom, address: str) -> tuple[int, str, str]:
        """Port, address and password for somebody who brings mail to the built-in server."""
        known = await room.desk.mailboxes.credentials(the_operator(), address)
        return known.smtp_port, address, known.password

    def bring(self, to: str, raw: bytes, known: tuple[int, str, str] | None = None) -> None:
        """A mail comes from elsewhere; to the built-in server, which lets nobody else in, from
        another mailbox of its own, whose (port, address, password) are ``known``."""
        if self.host is not None:
            with smtplib.SMTP("127.0.0.1", self.host.smtp_port, timeout=20) as smtp:
                smtp.sendmail(STRANGER, [to], raw)
            return
        assert known is not None
        with smtplib.SMTP("127.0.0.1", known[0], timeout=20) as smtp:
            smtp.login(known[1], known[2])
            smtp.sendmail(known[1], [to], raw)

    def write_settings(self) -> None:
        """``postroom.toml`` in the home, for processes of their own."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        (self.home / "postroom.toml").write_text("\n".join(lines(self.operator)) + "\n")


def lines(table: Mapping[str, Any], *path: str) -> list[str]:
    """A table as TOML; its sub-tables follow it."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    found = [f"[{'.'.join(quoted(key) for key in path)}]"] if path else []
    found += [f"{quoted(key)} = {value_of(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            found += lines(value, *path, key)
    return found


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def value_of(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(value_of(each) for each in value)}]"
    return quoted(str(value))


def builtin(folder: Path) -> World:
    return World("builtin", folder / "home", {})


def on_directory(folder: Path, host: MailHost) -> World:
    written = {"domain": host.domain, "domains": {host.domain: directory(host)}}
    return World("directory", folder / "home", written, host)


def by_lmtp(folder: Path, host: MailHost) -> World:
    port = host.options.postroom_lmtp_port
    domain = directory(host, lmtp={"port": port})
    written = {"domain": host.domain, "domains": {host.domain: domain}}
    return World("lmtp", folder / "home", written, host)


def on_account(folder: Path, host: MailHost) -> World:
    address, password = host.new("agent")
    secret = folder / "secret"
    secret.write_text(password)
    secret.chmod(0o600)
    written = {
        "domain": host.domain,
        "accounts": {"work": account(host, address, secret)},
        "domains": {host.domain: {"provisioner": "account", "account": "work"}},
    }
    return World("account", folder / "home", written, host)
