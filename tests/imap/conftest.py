"""A real built-in server for the tests of reading, and a certificate."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.certificates import self_signed_file

from postroom.clock import system_clock
from postroom.embedded.directory import Account
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection

PASSWORD = 'pass "word" with \\ and Ünïcode %'
"""What quoting has to survive; not ASCII, so that it goes as a literal."""


@dataclass
class EveryoneAtAgentsTest:
    async def find(self, address: str) -> Account | None:
        return Account(address, PASSWORD) if address.endswith("@agents.test") else None

    def domains(self) -> frozenset[str]:
        return frozenset({"agents.test"})


@pytest.fixture
async def login(tmp_path: Path) -> AsyncIterator[ImapLogin]:
    server = EmbeddedServer(
        tmp_path / "mail.db", EveryoneAtAgentsTest(), ports=Ports(0, 0), clock=system_clock
    )
    ports = await server.start()
    yield ImapLogin("127.0.0.1", ports.imap, "ada@agents.test", PASSWORD)
    await server.stop()


@pytest.fixture
async def inbox(login: ImapLogin) -> AsyncIterator[ImapConnection]:
    connection = await ImapConnection.open(login)
    await connection.select("INBOX")
    yield connection
    await connection.close()


@pytest.fixture
async def other(login: ImapLogin) -> AsyncIterator[ImapConnection]:
    """A second mail program on the same mailbox, which may change it."""
    connection = await ImapConnection.open(login)
    await connection.select("INBOX", readonly=False)
    yield connection
    await connection.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate of 127.0.0.1 that it signed itself."""
    return self_signed_file(tmp_path / "both.pem")
