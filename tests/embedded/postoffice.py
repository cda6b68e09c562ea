"""A built-in mail server for tests, and plain clients of it."""

import asyncio
import base64
import imaplib
import smtplib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from postroom.embedded.directory import Account
from postroom.embedded.server import EmbeddedServer, Ports

T = TypeVar("T")

ADA = "ada@post.localhost"
BEN = "ben@post.localhost"
EVE = "eve@post.localhost"
PASSWORD = "b3-f4-token"
PATIENCE = 10.0
ANY_PORTS = Ports(0, 0)

MAIL = b"From: ada@post.localhost\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\n\r\nHi there.\r\n"


@dataclass
class DictDirectory:
    accounts: dict[str, Account] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def open(self, *addresses: str) -> None:
        for address in addresses:
            self.accounts[address] = Account(address, PASSWORD)

    def close(self, address: str) -> None:
        del self.accounts[address]

    async def find(self, address: str) -> Account | None:
        self.asked.append(address)
        return self.accounts.get(address)

    def domains(self) -> frozenset[str]:
        return frozenset({"post.localhost"})


@dataclass
class Office:
    server: EmbeddedServer
    directory: DictDirectory
    ports: Ports
    path: Path
    wires: list["Wire"] = field(default_factory=list)

    async def submit(self, sender: str, to: list[str], mail: bytes) -> None:
        await asyncio.to_thread(self._submit, sender, to, mail)

    def _submit(self, sender: str, to: list[str], mail: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.ports.smtp, timeout=PATIENCE) as client:
            client.login(sender, PASSWORD)
            client.sendmail(sender, to, mail)

    async def imap(self, address: str, use: Callable[[imaplib.IMAP4], T]) -> T:
        """What ``use`` returns, given a client that has logged in."""
        return await asyncio.to_thread(self._imap, address, use)

    def _imap(self, address: str, use: Callable[[imaplib.IMAP4], T]) -> T:
        with imaplib.IMAP4("127.0.0.1", self.ports.imap, timeout=PATIENCE) as client:
            client.login(address, PASSWORD)
            return use(client)

    async def mail(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """All messages of a folder, whole."""
        return await self.imap(address, lambda client: read_folder(client, folder))

    async def _wire(self, port: int) -> "Wire":
        self.wires.append(await Wire.connect(port))
        return self.wires[-1]

    async def raw_imap(self, address: str | None = None) -> "Wire":
        wire = await self._wire(self.ports.imap)
        await wire.line()
        if address is not None:
            await wire.ask(f"a LOGIN {address} {PASSWORD}", b"a OK")
        return wire

    async def raw_smtp(self, address: str | None = None) -> "Wire":
        wire = await self._wire(self.ports.smtp)
        await wire.until(b"220 ")
        if address is not None:
            await wire.ask("EHLO client.test", b"250 ")
            token = base64.b64encode(f"\0{address}\0{PASSWORD}".encode()).decode()
            await wire.ask(f"AUTH PLAIN {token}", b"235 ")
        return wire


@dataclass
class Wire:
    """A connection on which the test writes every byte itself."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, port: int) -> "Wire":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**26))

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def line(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readline()

    async def until(self, start: bytes) -> list[bytes]:
        """The lines up to one that begins so; fails where the connection ends first."""
        lines = [await self.line()]
        while not lines[-1].startswith(start):
            assert lines[-1], f"the connection ended before {start!r}: {lines}"
            lines.append(await self.line())
        return lines

    async def ask(self, command: str, answer: bytes) -> list[bytes]:
        self.send(command.encode() + b"\r\n")
        return await self.until(answer)

    async def reply(self, command: str) -> bytes:
        self.send(command.encode() + b"\r\n")
        return await self.line()

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        self.writer.transport.abort()


async def answered(wire: Wire, command: bytes) -> bytes:
    """The answer to a command, and that it came within two seconds and is no failure of ours."""
    began = time.monotonic()
    wire.send(b"t " + command + b"\r\nu LOGOUT\r\n")
    answer = await wire.rest()
    assert time.monotonic() - began < 2
    assert b"SERVERBUG" not in answer
    assert b"u OK" in answer
    return answer


def read_folder(client: imaplib.IMAP4, folder: str = "INBOX") -> list[bytes]:
    client.select(folder, readonly=True)
    _, data = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
    return [item[1] for item in data if isinstance(item, tuple)]


@asynccontextmanager
async def post_office(
    path: Path, directory: DictDirectory, ports: Ports = ANY_PORTS
) -> AsyncIterator[Office]:
    server = EmbeddedServer(path, directory, ports=ports, clock=time.time)
    bound = await server.start()
    office = Office(server, directory, bound, path)
    try:
        yield office
    finally:
        for wire in office.wires:
            wire.close()
        await server.stop()


async def eventually(condition: Callable[[], bool]) -> None:
    """Returns when it holds, at most after PATIENCE seconds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # nothing rings when another party's state changes
            await asyncio.sleep(0.005)
