"""An inlet that runs, what was delivered through it, and a connection written byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from postroom.lmtp.envelope import LmtpEnvelope, Reply, Verdict
from postroom.lmtp.inlet import LmtpInlet

PATIENCE = 10.0
NOW = 1_800_000_000.0
MAIL = b"Received: by mx.example; Fri, 15 Jan 2027 08:00:00 +0000\r\nSubject: Hello\r\n\r\nHi.\r\n"


@dataclass
class Post:
    """Everything handed in. Mailboxes named ``gone…`` do not exist any more when mail comes,
    ``busy…`` cannot take it now, and only those named ``nobody…`` are unknown at RCPT."""

    delivered: list[tuple[LmtpEnvelope, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """Delivering waits for it."""
    waiting: int = 0
    fails: Exception | None = None
    verdicts: Sequence[Reply] | None = None
    """Given in the place of what the names say."""

    async def deliver(self, envelope: LmtpEnvelope, raw: bytes) -> Sequence[Reply]:
        self.waiting += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.fails is not None:
            raise self.fails
        self.delivered.append((envelope, raw))
        return self.verdicts or [_verdict(address) for address in envelope.recipients]

    async def known(self, address: str) -> bool:
        self.asked.append(address)
        if address.startswith("broken"):
            raise OSError("the index is locked")
        return not address.startswith("nobody")


def _verdict(address: str) -> Verdict:
    if address.startswith("gone"):
        return Verdict.UNKNOWN
    return Verdict.NOT_NOW if address.startswith("busy") else Verdict.STORED


@dataclass
class Running:
    inlet: LmtpInlet
    post: Post
    port: int
    path: Path | None = None
    wires: list["Wire"] = field(default_factory=list)

    async def wire(self) -> "Wire":
        """A connection that has been greeted and has said LHLO."""
        wire = await self.fresh_wire()
        await wire.line()
        await wire.ask("LHLO client.test", "250 ")
        return wire

    async def fresh_wire(self) -> "Wire":
        if self.path is not None:
            wire = Wire(*await asyncio.open_unix_connection(str(self.path)))
        else:
            wire = Wire(*await asyncio.open_connection("127.0.0.1", self.port))
        self.wires.append(wire)
        return wire


@dataclass
class Wire:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def line(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return (await self.reader.readline()).decode().rstrip("\r\n")

    async def lines(self, count: int) -> list[str]:
        return [await self.line() for _ in range(count)]

    async def ask(self, command: str, last: str) -> list[str]:
        """The reply, up to the line that begins with ``last``."""
        self.send(command.encode() + b"\r\n")
        lines = [await self.line()]
        while not lines[-1].startswith(last):
            assert lines[-1], f"the connection ended before {last!r}: {lines}"
            lines.append(await self.line())
        return lines

    async def reply(self, command: str) -> str:
        self.send(command.encode() + b"\r\n")
        return await self.line()

    async def begin(self, *recipients: str, sender: str = "ben@elsewhere.test") -> None:
        """A transaction up to the 354."""
        assert (await self.reply(f"MAIL FROM:<{sender}>")).startswith("250 ")
        for recipient in recipients:
            assert (await self.reply(f"RCPT TO:<{recipient}>")).startswith("250 ")
        assert (await self.reply("DATA")).startswith("354 ")

    async def rest(self) -> bytes:
        """Everything until the inlet closes."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def running(
    post: Post, *, path: Path | None = None, max_bytes: int = 36_000_000
) -> AsyncIterator[Running]:
    inlet = LmtpInlet(
        post.deliver,
        post.known,
        port=0 if path is None else None,
        path=path,
        hostname="room.test",
        clock=lambda: NOW,
        max_bytes=max_bytes,
    )
    run = Running(inlet, post, await inlet.start(), path)
    try:
        yield run
    finally:
        for wire in run.wires:
            wire.writer.transport.abort()
        async with asyncio.timeout(PATIENCE):
            await inlet.stop()


async def eventually(condition: Callable[[], bool]) -> None:
    """Return as soon as it holds; nothing announces what another party does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
