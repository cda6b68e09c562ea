"""An SMTP server that answers as a test tells it to, and dies where it is told to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from postroom.smtp.account import SmtpLogin

HANG_UP = b""
SILENCE = None
"""Say nothing, and wait until the client has gone."""

Answers = Mapping[str, bytes | None]
"""By the start of a command, upper case; GREETING, BODY (the first octets of the message) and DOT
are its own. The longest match counts."""

DEFAULT: Answers = {
    "GREETING": b"220 hello\r\n",
    "EHLO": b"250-post\r\n250-SIZE 99999999\r\n250 AUTH PLAIN\r\n",
    "AUTH": b"235 in\r\n",
    "MAIL": b"250 sender ok\r\n",
    "RCPT": b"250 recipient ok\r\n",
    "DATA": b"354 go\r\n",
    "DOT": b"250 2.0.0 stored as 1\r\n",
    "RSET": b"250 forgotten\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass
class ScriptedSmtp:
    """What it will say, and what it has heard."""

    answers: dict[str, bytes | None] = field(default_factory=dict)
    once: dict[str, bytes | None] = field(default_factory=dict)
    """Said one time, and then as ever."""
    hold: asyncio.Event | None = None
    """The answer to the final dot waits for it."""
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    most_at_once: int = 0
    open_now: int = 0
    port: int = 0
    said: bytes = b""
    """The last answer."""

    @property
    def login(self) -> SmtpLogin:
        return SmtpLogin("127.0.0.1", self.port, "ada", "secret")

    def answer(self, said: str) -> bytes | None:
        table = {**DEFAULT, **self.answers}
        key = max((key for key in table if said.upper().startswith(key)), key=len)
        return self.once.pop(key) if key in self.once else table[key]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self.say("GREETING", reader, writer):
            return
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            if not await self.say(line, reader, writer):
                return
            if self.said.startswith(b"354"):
                if "BODY" in self.answers and not await self.say("BODY", reader, writer):
                    return
                self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
                if self.hold is not None:
                    await self.hold.wait()
                if not await self.say("DOT", reader, writer):
                    return

    async def say(
        self, said: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        answer = self.answer(said)
        self.said = answer or b""
        if answer is SILENCE:
            while await reader.read(65536):
                pass
            return False
        if answer == HANG_UP:
            return False
        writer.write(answer)
        await writer.drain()
        return not answer.startswith((b"421", b"LAST"))


@asynccontextmanager
async def scripted_smtp(**answers: bytes | None) -> AsyncIterator[ScriptedSmtp]:
    server = ScriptedSmtp(dict(answers))
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open_now += 1
        server.most_at_once = max(server.most_at_once, server.open_now)
        try:
            await server.talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            server.open_now -= 1
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 26)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=5)
            for task in late:
                task.cancel()
            assert not late, "a connection was left open"
