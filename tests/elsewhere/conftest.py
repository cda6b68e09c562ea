"""Post rooms whose mail lies on real servers: Dovecot and Postfix, set up as we print it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from elsewhere.one_account import Account, account
from rooms import TestClock
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
        "trusted": [options.hostname],
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
        assert await room.worker.settled(10)
        yield room


@pytest.fixture
async def one(tmp_path: Path, mail_host: MailHost, clock: TestClock) -> AsyncIterator[Account]:
    address, password = mail_host.new("agent")
    secret = tmp_path / "secret"
    secret.write_text(password)
    secret.chmod(0o600)
    domain = mail_host.domain
    operator = {
        "domain": domain,
        "accounts": {"work": account(mail_host, address, secret)},
        "domains": {domain: {"provisioner": "account", "account": "work"}},
    }
    settings = settings_of(tmp_path / "home", operator)
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(10)
        yield Account(mail_host, address, password, room)


@pytest.fixture(scope="session")
def handing_host() -> Iterator[MailHost]:
    """A host whose Postfix hands mail straight to a room, where one listens just then."""
    (port,) = free_ports(1)
    with running_mail_host(postroom_lmtp_port=port) as host:
        yield host
