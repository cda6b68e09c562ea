"""An IMAP server that says what a test tells it to, and nothing else."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection

PATIENCE = 0.3
"""Seconds of silence that the tests' connections bear."""


class Peer:
    """The client, as the scripted server sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def hear(self, expected: bytes = b"") -> str:
        """The tag of the next command, which begins as expected; ConnectionError at the end."""
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError
        tag, _, rest = line.partition(b" ")
        assert rest.startswith(expected), (rest, expected)
        self.rest = rest.rstrip(b"\r\n")
        return tag.decode().strip()

    async def answer(self, expected: bytes, untagged: bytes = b"", end: bytes = b"OK done") -> None:
        tag = await self.hear(expected)
        await self.say(untagged + tag.encode() + b" " + end + b"\r\n")

    async def until_gone(self) -> None:
        while await self.reader.read(65536):
            pass

    async def start_tls(self, context: ssl.SSLContext) -> None:
        await self.answer(b"STARTTLS")
        await self.writer.start_tls(context)

    async def log_in(self, capabilities: bytes = b"IMAP4rev1 IDLE") -> None:
        await self.say(b"* OK [CAPABILITY " + capabilities + b"] ready\r\n")
        await self.answer(b"LOGIN ", end=b"OK [CAPABILITY " + capabilities + b"] in")

    async def open_inbox(self, exists: int = 0, codes: bytes = b"") -> None:
        told = b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n" % exists
        await self.answer(b"EXAMINE ", told + codes)


Script = Callable[[Peer], Awaitable[None]]


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[ImapLogin]:
    """A login at a server that follows the script for each connection. What goes wrong in the
    script fails the test; that the client leaves does not."""
    failures: list[BaseException] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script(Peer(reader, writer))
        except ConnectionError:
            pass
        except Exception as failure:
            failures.append(failure)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 20)
    try:
        yield ImapLogin("127.0.0.1", server.sockets[0].getsockname()[1], "ada", "secret")
    finally:
        server.close()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=5)
            for task in late:
                task.cancel()
            assert not late, "the script did not end"
    if failures:
        raise failures[0]


@asynccontextmanager
async def inbox_of(
    script: Script, exists: int = 0, capabilities: bytes = b"IMAP4rev1 IDLE"
) -> AsyncIterator[ImapConnection]:
    """A connection with INBOX open, on a server that then follows the script."""

    async def whole(peer: Peer) -> None:
        await peer.log_in(capabilities)
        await peer.open_inbox(exists)
        await script(peer)

    async with scripted(whole) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        try:
            await connection.select("INBOX")
            yield connection
        finally:
            await connection.close()


async def raws(connection: ImapConnection, after: int = 0) -> dict[int, bytes]:
    return {mail.uid: mail.raw async for mail in connection.fetch_after(after)}


def fetched(uid: int, raw: bytes = b"mail") -> bytes:
    return b"* %d FETCH (UID %d FLAGS () BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(raw), raw)


async def search_and_sizes(peer: Peer, uids: list[int], size: int = 4) -> None:
    found = b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n"
    await peer.answer(b"UID SEARCH ", found)
    sizes = b"".join(b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, size) for uid in uids)
    await peer.answer(b"UID FETCH ", sizes)
