"""An SMTP server that answers as a test tells it to, and dies where it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

HANG_UP = b""
SILENCE = None
"""Say nothing, and wait until the client has gone."""

Answers = Mapping[str, bytes | None]
"""By the start of a command, upper case; GREETING, BODY (the first octets of the message), DOT and
EMPTY (a line without a word) are its own. The longest match counts."""

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
    "UNKNOWN": b"500 what?\r\n",
}


@dataclass
class ScriptedSmtp:
    """What it will say, and what it has heard."""

    answers: dict[str, bytes | None] = field(default_factory=dict)
    once: dict[str, bytes | None] = field(default_factory=dict)
    """Said one time, and then as ever."""
    later: dict[str, bytes | None] = field(default_factory=dict)
    """Kept for a test that makes it ``once`` when its time has come."""
    hold: asyncio.Event | None = None
    """The answer to the final dot waits for it."""
    context: ssl.SSLContext | None = None
    """For STARTTLS, once it has been answered with a 220."""
    after_starttls: dict[str, bytes | None] = field(default_factory=dict)
    """Answers that are given only once TLS is up."""
    injected: list[bytes] = field(default_factory=list)
    """Sent in the clear behind the answer to STARTTLS, each in a segment of its own."""
    messages_each: int = 1_000_000
    """Connections are closed after so many messages."""
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
        known = (key for key in table if said.upper().startswith(key))
        key = max(known, key=len, default="UNKNOWN")
        return self.once.pop(key) if key in self.once else table[key]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self.say("GREETING", reader, writer):
            return
        left = self.messages_each
        while left and (heard := await reader.readline()):
            line = heard.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(line)
            if not await self.say(line or "EMPTY", reader, writer):
                return
            if line == "STARTTLS" and self.context and self.said.startswith(b"220"):
                for segment in self.injected:
                    writer.write(segment)
                    await asyncio.sleep(0)
                await writer.start_tls(self.context)
                self.answers |= self.after_starttls
            if self.said.startswith(b"354"):
                if "BODY" in self.answers and not await self.say("BODY", reader, writer):
                    return
                self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
                left -= 1
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


S = TypeVar("S", bound=ScriptedSmtp)


async def submitted(
    login: SmtpLogin,
    envelope: Envelope,
    raw: bytes = b"Subject: s\r\n\r\nwords\r\n",
    *,
    patience: float = 2.0,
) -> Submission:
    """What a pool of its own makes of one mail; ``patience`` in seconds is less where the test
    waits for it to end, and enough for a handshake on a busy machine where not."""
    pool = SubmissionPool(timeout=patience, final_timeout=patience)
    try:
        return await asyncio.wait_for(pool.submit(login, envelope, raw), 10)
    finally:
        await pool.close()


def scripted_smtp(**answers: bytes | None) -> AbstractAsyncContextManager[ScriptedSmtp]:
    return running(ScriptedSmtp(dict(answers)))


def serving(
    answers: Answers, tls: ssl.SSLContext | None = None
) -> AbstractAsyncContextManager[ScriptedSmtp]:
    """A server that runs; with ``tls`` it speaks that from the first byte."""
    return running(ScriptedSmtp(dict(answers)), tls)


@asynccontextmanager
async def running(server: S, tls: ssl.SSLContext | None = None) -> AsyncIterator[S]:
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open_now += 1
        server.most_at_once = max(server.most_at_once, server.open_now)
        try:
            await server.talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):  # an SSLError is an OSError
            pass
        finally:
            server.open_now -= 1
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 26, ssl=tls)
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
