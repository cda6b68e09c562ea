"""Post rooms whose mail lies on real servers: Dovecot and Postfix, set up as we print it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from elsewhere.one_account import Account, account
from rooms import PATIENCE, TestClock
from servers.daemons import free_ports
from servers.mail_host import MailHost
from servers.postfix import running_mail_host

from postroom.build import PostRoom, open_room
from postroom.settings import Operator, Settings


def directory(host: MailHost, **more: Any) -> dict[str, Any]:
    """What an operator writes of a domain on that host."""
    options = host.options
    certificate = str(host.certificate)
    return {
        "provisioner": "directory",
        "database": {"sqlite": str(host.table.path), "group": host.table.group},  # type: ignore[attr-defined]  # an SqliteTable
        "imap": {"host": "127.0.0.1", "port": options.imap_port, "security": "none"},
        "smtp": {
            "host": "127.0.0.1",
            "port": options.submission_port,
            "security": "starttls",
            "certificates": certificate,
        },
        "trusted": [options.hostname or f"mail.{host.domain}"],
        **more,
    }


def settings_of(home: Path, operator: dict[str, Any]) -> Settings:
    home.mkdir(mode=0o700, exist_ok=True)
    return Settings(home=home.resolve(), operator=Operator.model_validate(operator))


@pytest.fixture
async def hosted(tmp_path: Path, mail_host: MailHost, clock: TestClock) -> AsyncIterator[PostRoom]:
    """A room whose default domain is on the mail host."""
    domain = mail_host.domain
    operator = {"domain": domain, "domains": {domain: directory(mail_host)}}
    settings = settings_of(tmp_path / "home", operator)
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(PATIENCE)
        yield room


@asynccontextmanager
async def room_on_one_account(
    folder: Path, host: MailHost, clock: TestClock, addresses: str
) -> AsyncIterator[Account]:
    """A room at work on one account, whose mailboxes are ``addresses`` of it."""
    address, password = host.new("agent")
    secret = folder / "secret"
    secret.write_text(password)
    secret.chmod(0o600)
    domain = {"provisioner": "account", "account": "work", "addresses": addresses}
    operator = {
        "domain": host.domain,
        "accounts": {"work": account(host, address, secret)},
        "domains": {host.domain: domain},
    }
    settings = settings_of(folder / "home", operator)
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(PATIENCE)
        yield Account(host, address, password, room)


@pytest.fixture
async def one(tmp_path: Path, mail_host: MailHost, clock: TestClock) -> AsyncIterator[Account]:
    async with room_on_one_account(tmp_path, mail_host, clock, "sub-address") as made:
        yield made


@pytest.fixture
async def foldered(tmp_path: Path, mail_host: MailHost, clock: TestClock) -> AsyncIterator[Account]:
    """The same where each address's mail lies in a folder of its own."""
    async with room_on_one_account(tmp_path, mail_host, clock, "folder") as made:
        yield made


@pytest.fixture(scope="session")
def handing_host() -> Iterator[MailHost]:
    """A host whose Postfix hands mail straight to a room, where one listens just then."""
    (port,) = free_ports(1)
    with running_mail_host(postroom_lmtp_port=port) as host:
        yield host
