"""An IMAP server over folders in memory that fails where a test says: it knows just the commands
that Postroom gives, and can do what no real server can be brought to do.

What is not here is tested on Dovecot; how single answers are read, in tests/imap.
"""

import asyncio
import re
import time
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)')


class Idling(StrEnum):
    """What becomes of an IDLE."""

    TELLS = "tells"
    SILENT = "silent"
    """It is taken, and nothing is ever told."""
    REFUSED = "refused"
    ABSENT = "absent"


@dataclass
class FrailFolder:
    """Mails by UID, each with its INTERNALDATE in seconds since 1970."""

    uidvalidity: int = 1
    uidnext: int = 1
    mails: dict[int, tuple[bytes, float]] = field(default_factory=dict)

    def put(self, raw: bytes, at: float | None = None) -> int:
        uid = self.uidnext
        self.uidnext += 1
        self.mails[uid] = raw, time.time() if at is None else at
        return uid


@dataclass
class FrailImap:
    """What it holds, how it fails, and what was asked of it."""

    port: int = 0
    password: str = "secret"
    tokens: set[str] = field(default_factory=set)
    """With any, there is a login by XOAUTH2 and none by password."""
    idling: Idling = Idling.TELLS
    uidplus: bool = True
    hangs: bool = False
    """Connections are taken, and nothing is said."""
    unreadable: set[int] = field(default_factory=set)
    """UIDs of INBOX that are listed and not handed out."""
    fatal: set[int] = field(default_factory=set)
    """UIDs of INBOX over which it falls: the connection ends."""
    append_ends: int = 0
    """So many APPENDs are taken, and the connection ends before the answer."""
    append_hold: str = ""
    """An APPEND is not stored ("before"), or stored and not answered ("after"), until its client
    has gone."""
    appending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first APPEND."""
    folders: dict[str, FrailFolder] = field(
        default_factory=lambda: {n: FrailFolder() for n in ("INBOX", "Junk", "Sent")}
    )
    below: str = ""
    """What a folder's name begins with, where one is to be made."""
    asked: Counter[str] = field(default_factory=Counter)
    open_now: int = 0
    most_at_once: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def inbox(self) -> FrailFolder:
        return self.folders["INBOX"]

    def deliver(self, raw: bytes, folder: str = "INBOX", at: float | None = None) -> int:
        uid = self.folders[folder].put(raw, at)
        self.stir()
        return uid

    def stir(self) -> None:
        """Something has changed: whoever idles may look."""
        self.stirred.set()
        self.stirred = asyncio.Event()

    def cut(self) -> None:
        """End every connection now."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.open_now += 1
        self.most_at_once = max(self.most_at_once, self.open_now)
        try:
            if self.hangs:
                await reader.read()
                return
            await _Session(self, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_now -= 1
            self._writers.discard(writer)
            writer.transport.abort()


class _Session:
    def __init__(
        self, server: FrailImap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.folder: FrailFolder | None = None
        self.is_inbox = False
        self.told = 0

    @property
    def capabilities(self) -> bytes:
        login = b" AUTH=XOAUTH2 SASL-IR LOGINDISABLED" if self.server.tokens else b""
        idle = b"" if self.server.idling is Idling.ABSENT else b" IDLE"
        return b"IMAP4rev1" + (b" UIDPLUS" if self.server.uidplus else b"") + idle + login

    async def talk(self) -> None:
        self.say(b"* OK [CAPABILITY " + self.capabilities + b"] here\r\n")
        while line := await self.command():
            tag, _, rest = line.partition(b" ")
            name, _, arguments = rest.rstrip(b"\r\n").partition(b" ")
            if name.upper() == b"UID":
                name, _, arguments = arguments.partition(b" ")
            word = name.decode().lower()
            self.server.asked[word] += 1
            answer = await getattr(self, f"do_{word}")(arguments)
            self.say(tag + b" " + answer + b"\r\n")
            await self.writer.drain()
            if word == "logout":
                return

    async def command(self) -> bytes:
        line = await self.reader.readline()
        while match := _LITERAL.search(line):
            if b"+}" not in match[0]:
                self.say(b"+ go on\r\n")
            literal = await self.reader.readexactly(int(match[1]))
            quoted = literal.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            self.literal = literal
            line = line[: match.start()] + b'"' + quoted + b'"' + await self.reader.readline()
        return line

    def say(self, octets: bytes) -> None:
        self.writer.write(octets)

    def tell(self) -> None:
        if self.folder is not None and len(self.folder.mails) != self.told:
            self.told = len(self.folder.mails)
            self.say(b"* %d EXISTS\r\n" % self.told)

    async def do_capability(self, _: bytes) -> bytes:
        self.say(b"* CAPABILITY " + self.capabilities + b"\r\n")
        return b"OK done"

    async def do_login(self, arguments: bytes) -> bytes:
        words = [quoted or bare for quoted, bare in _QUOTED.findall(arguments)]
        good = not self.server.tokens and words[1] == self.server.password.encode()
        return b"OK in" if good else b"NO [AUTHENTICATIONFAILED] no"

    async def do_authenticate(self, arguments: bytes) -> bytes:
        token = b64decode(arguments.split()[1]).partition(b"Bearer ")[2].rstrip(b"\x01").decode()
        if token in self.server.tokens:
            return b"OK in"
        self.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
        await self.writer.drain()
        await self.reader.readline()
        return b"NO [AUTHENTICATIONFAILED] no"

    async def do_list(self, _: bytes) -> bytes:
        for name in self.server.folders:
            use = b"" if name == "INBOX" or "/" in name else b"\\" + name.encode()
            self.say(b"* LIST (" + use + b') "/" ' + name.encode() + b"\r\n")
        return b"OK done"

    async def do_examine(self, arguments: bytes) -> bytes:
        quoted, bare = _QUOTED.findall(arguments)[0]
        name = (quoted or bare).decode()
        self.folder = self.server.folders.get(name)
        self.is_inbox = name == "INBOX"
        if self.folder is None:
            return b"NO there is none"
        self.told = len(self.folder.mails)
        self.say(
            b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] v\r\n* OK [UIDNEXT %d] n\r\n"
            % (self.told, self.folder.uidvalidity, self.folder.uidnext)
        )
        return b"OK [READ-ONLY] open"

    async def do_status(self, arguments: bytes) -> bytes:
        quoted, bare = _QUOTED.findall(arguments)[0]
        name = quoted or bare
        folder = self.server.folders.get(name.decode())
        if folder is None:
            return b"NO there is none"
        stands = b"UIDVALIDITY %d UIDNEXT %d" % (folder.uidvalidity, folder.uidnext)
        self.say(b'* STATUS "' + name + b'" (' + stands + b")\r\n")
        return b"OK done"

    async def do_noop(self, _: bytes) -> bytes:
        self.tell()
        return b"OK done"

    async def do_idle(self, _: bytes) -> bytes:
        if self.server.idling is Idling.REFUSED:
            return b"NO not here"
        self.say(b"+ idling\r\n")
        await self.writer.drain()
        done = asyncio.ensure_future(self.reader.readline())
        while not done.done():
            stirred = self.server.stirred
            if self.server.idling is Idling.TELLS:
                self.tell()
            waking = asyncio.ensure_future(stirred.wait())
            await asyncio.wait({done, waking}, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
        assert (await done).strip().upper() in (b"DONE", b"")
        return b"OK done"

    async def do_search(self, arguments: bytes) -> bytes:
        assert self.folder is not None
        if b"HEADER" in arguments:
            words = [quoted or bare for quoted, bare in _QUOTED.findall(arguments)]
            found = [u for u, (raw, _) in self.folder.mails.items() if words[2] in raw]
        elif arguments.startswith(b"SINCE"):
            day = datetime.strptime(arguments.split()[1].decode(), "%d-%b-%Y").replace(tzinfo=UTC)
            found = [u for u, (_, at) in self.folder.mails.items() if at >= day.timestamp()]
        else:
            found = self.in_set(arguments.rpartition(b" ")[2])
        self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in found) + b"\r\n")
        return b"OK done"

    def in_set(self, named: bytes) -> list[int]:
        assert self.folder is not None
        top = max(self.folder.mails, default=0)
        found: set[int] = set()
        for part in named.split(b","):
            ends = [top if end == b"*" else int(end) for end in part.split(b":")]
            low, high = min(ends), max(ends)
            found |= {uid for uid in self.folder.mails if low <= uid <= high}
        return sorted(found)

    async def do_fetch(self, arguments: bytes) -> bytes:
        assert self.folder is not None
        named, _, what = arguments.partition(b" ")
        for number, uid in enumerate(self.in_set(named), 1):
            raw, at = self.folder.mails[uid]
            if b"BODY" not in what:
                self.say(b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (number, uid, len(raw)))
                continue
            if self.is_inbox and uid in self.server.fatal:
                raise ConnectionResetError
            if self.is_inbox and uid in self.server.unreadable:
                continue
            date = datetime.fromtimestamp(at, UTC).strftime("%d-%b-%Y %H:%M:%S +0000").encode()
            self.say(
                b'* %d FETCH (UID %d FLAGS () INTERNALDATE "%s" BODY[] {%d}\r\n%s)\r\n'
                % (number, uid, date, len(raw), raw)
            )
        return b"OK done"

    async def do_append(self, arguments: bytes) -> bytes:
        quoted, bare = _QUOTED.findall(arguments)[0]
        if (quoted or bare).decode() not in self.server.folders:
            return b"NO [TRYCREATE] there is none"
        if self.server.append_hold != "before":
            self.server.folders[(quoted or bare).decode()].put(self.literal)
        self.server.appending.set()
        if self.server.append_hold:
            await self.reader.read()
            raise ConnectionResetError
        if self.server.append_ends:
            self.server.append_ends -= 1
            raise ConnectionResetError
        return b"OK filed"

    async def do_create(self, arguments: bytes) -> bytes:
        quoted, bare = _QUOTED.findall(arguments)[0]
        name = (quoted or bare).decode()
        if not name.startswith(self.server.below):
            return b"NO folders are below INBOX here"
        self.server.folders[name] = FrailFolder()
        return b"OK made"

    async def do_logout(self, _: bytes) -> bytes:
        self.say(b"* BYE\r\n")
        return b"OK bye"


@asynccontextmanager
async def frail_imap(**options: object) -> AsyncIterator[FrailImap]:
    """One that runs; ``options`` are its fields."""
    server = FrailImap(**options)  # type: ignore[arg-type]  # each field by its name
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(server.serve(reader, writer)))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 26)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
