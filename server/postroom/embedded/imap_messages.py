"""Messages as IMAP shows them: metadata in memory, bytes and MIME structure read when asked for.

pymap asks a message to load what a command requires, then formats it on the event loop. Whatever
costs time on hostile mail therefore happens in a reading thread while loading: the bytes are read
there, and the structure (ENVELOPE, BODYSTRUCTURE, numbered parts, SEARCH) is parsed there, and only
for the commands that need it.
"""

import asyncio
import re
import sqlite3
from asyncio import StreamWriter
from collections.abc import Collection, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count

from pymap.bytes import Writeable
from pymap.context import current_command
from pymap.flags import SessionFlags
from pymap.interfaces.message import FlagsKey
from pymap.message import BaseLoadedMessage
from pymap.mime import MessageBody, MessageContent, MessageHeader
from pymap.parsing.command.select import FetchCommand
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchAttribute, FetchRequirement, Flag, ObjectId

from postroom.embedded.filing import MessageRow, body_of
from postroom.embedded.imap_envelope import Envelope
from postroom.embedded.mailstore import MailStore
from postroom.model.limits import MAX_MESSAGE_BYTES

MAX_OUTPUT_BYTES = 64 * 1024
"""What is gathered before it is sent: pymap writes an answer in a dozen pieces."""


MAX_HELD_BYTES = 4 * MAX_MESSAGE_BYTES
"""What is held of an answer at once, bytes: all that a FETCH asks of one message. The connection of
a client that asks for the whole of it again and again ends."""


class Output:
    """Where a connection's answers go: gathered, and held back while the client does not read."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer
        self._pending = bytearray()

    def write(self, data: bytes) -> None:
        if len(self._pending) + len(data) > MAX_HELD_BYTES:
            raise EOFError("An answer is too large to be held.")
        self._pending += data

    async def drain(self) -> None:
        """Before the next message: sends if enough has gathered, and waits for the client."""
        if len(self._pending) >= MAX_OUTPUT_BYTES:
            await self.flush()

    async def flush(self) -> None:
        data, self._pending = self._pending, bytearray()
        self._writer.write(data)
        await self._writer.drain()


OUTPUT: ContextVar[Output] = ContextVar("imap_output")
"""The output of this connection: nothing is loaded while it is full."""

MAX_HEADER_BYTES = 64 * 1024
"""A header that is parsed for ENVELOPE and the like, bytes. Python's header parser is quadratic on
long ones (15 s for 50,000 addresses); a longer one is shown as one part without a structure."""

MAX_FIELD_BYTES = 8 * 1024
"""One field of it, bytes."""

MAX_PARTS = 500
"""MIME parts; each costs a parse of its header."""

LATEST = 253_402_214_400.0
"""9999-12-31, seconds since 1970. APPEND takes any date; a zone away from the last one is none."""

BREATH = 100
"""Messages handled between two looks at everybody else's connections."""

_loads = count()
_PLAIN_SPECIFIERS = (None, b"HEADER", b"HEADER.FIELDS", b"HEADER.FIELDS.NOT", b"TEXT")
_INNER_HEADER = re.compile(
    rb"^--[^\r\n]*\r?\n|message/(?:rfc822|global)", re.MULTILINE | re.IGNORECASE
)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD_BREAK = re.compile(rb"\r?\n(?![ \t])")
_FLAGS: dict[str, frozenset[Flag]] = {"": frozenset()}


def flags_of(text: str) -> frozenset[Flag]:
    """The flags stored as ``text``; the same set object for the same text, to save memory."""
    known = _FLAGS.get(text)
    if known is None:
        known = frozenset(Flag(flag) for flag in text.split(" "))
        if len(_FLAGS) < 1000:  # keywords are the clients' own words: do not collect them for ever
            _FLAGS[text] = known
    return known


def flags_text(flags: Collection[Flag]) -> str:
    return " ".join(sorted(str(flag) for flag in flags))


class Message:
    """One message of a folder. Changes to its flags show in every session that sees it."""

    __slots__ = ("_arrived", "_email", "_flags", "_folder", "_store", "expunged", "size", "uid")

    def __init__(
        self, store: MailStore, folder: int, row: MessageRow, *, expunged: bool = False
    ) -> None:
        self.uid = row.uid
        self.expunged = expunged
        self.size = row.size
        self._store = store
        self._folder = folder
        self._arrived = row.arrived
        self._email = row.email
        self._flags = flags_of(row.flags)

    def set_flags(self, text: str) -> None:
        self._flags = flags_of(text)

    @property
    def internal_date(self) -> datetime:
        return datetime.fromtimestamp(min(max(self._arrived, 0), LATEST), UTC)

    @property
    def email_id(self) -> ObjectId:
        return ObjectId(b"M%d" % self._email)

    @property
    def thread_id(self) -> ObjectId:
        """None: conversations are the index's subject (RFC 8474 §5.2 allows NIL)."""
        return ObjectId(None)

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return self._flags

    @property
    def flags_key(self) -> FlagsKey:
        return (self.uid, self._flags)

    def get_flags(self, session_flags: SessionFlags) -> frozenset[Flag]:
        return self._flags | session_flags.get(self.uid)

    async def load_content(self, requirement: FetchRequirement) -> "LoadedMessage":
        """What the running command needs of it; waits while the client does not read."""
        output = OUTPUT.get(None)
        if output is not None:
            await output.drain()
        if next(_loads) % BREATH == 0:
            await asyncio.sleep(0)  # a fast reader's drain() never gives the others a turn
        if requirement.has_none(FetchRequirement.CONTENT) or not _needs_bytes():
            return LoadedMessage(self, requirement, None, parse=False)
        parse = _needs_structure()
        return await self._store.read(lambda db: self._load(db, requirement, parse))

    def _load(
        self, db: sqlite3.Connection, requirement: FetchRequirement, parse: bool
    ) -> "LoadedMessage":
        raw = body_of(db, self._folder, self.uid)
        return LoadedMessage(self, requirement, raw, parse=parse)


class LoadedMessage(BaseLoadedMessage):
    """A message with its bytes, and with its structure where that was asked for."""

    def __init__(
        self, message: Message, requirement: FetchRequirement, raw: bytes | None, *, parse: bool
    ) -> None:
        content = parse_bounded(raw) if parse and raw is not None else None
        super().__init__(message, requirement, content)
        self._size = message.size
        self._raw = raw or b""
        self._envelope = EnvelopeStructure.empty()
        self._structure: BodyStructure = BodyStructure.empty()
        if content is not None:
            self._describe(content)

    def _describe(self, content: MessageContent) -> None:
        try:
            self._envelope = self._get_envelope_structure(content)
            self._structure = self._get_body_structure(content)
            bytes(self._envelope)
            bytes(self._structure.extended)
        except Exception:  # the standard library's header parser raises anything on hostile mail
            self._content = content = _opaque(self._raw)
            self._envelope = EnvelopeStructure.empty()
            self._structure = self._get_body_structure(content)

    def get_size(self, section: Sequence[int] | None = None) -> int:
        return super().get_size(section) if section else self._size

    @classmethod
    def _get_envelope_structure(cls, msg: MessageContent) -> EnvelopeStructure:
        # Also called by pymap, for the messages inside of a message.
        return Envelope(msg)

    def get_envelope_structure(self) -> EnvelopeStructure:
        return self._envelope

    def get_body_structure(self) -> BodyStructure:
        return self._structure

    def get_header(self, name: bytes) -> Sequence[str]:
        try:
            return [str(value) for value in super().get_header(name)]
        except Exception:  # as above
            return []

    def contains(self, value: bytes) -> bool:
        """As pymap's, whose regular expression takes minutes on a mail of one letter."""
        value = value.lower()
        return self._content is not None and any(
            value in bytes(text).lower() for part in self._content.walk() for text in _words(part)
        )

    def get_body(self, section: Sequence[int] | None = None, binary: bool = False) -> Writeable:
        if section or binary:
            return super().get_body(section, binary)
        return Writeable.wrap(self._raw)

    def get_message_headers(
        self,
        section: Sequence[int] | None = None,
        subset: Collection[bytes] | None = None,
        inverse: bool = False,
    ) -> Writeable:
        if section:
            return super().get_message_headers(section, subset, inverse)
        header = self._raw[: _header_end(self._raw)]
        if subset is not None:
            header = _some_fields(header, subset, inverse)
        return Writeable.wrap(header)

    def get_message_text(self, section: Sequence[int] | None = None) -> Writeable:
        if section:
            return super().get_message_text(section)
        return Writeable.wrap(self._raw[_header_end(self._raw) :])


def _words(part: MessageContent) -> Iterator[Writeable]:
    yield part.header
    if part.body.content_type.maintype == "text":
        yield part.body


def parse_bounded(raw: bytes) -> MessageContent:
    """The MIME structure, or one part without any where parsing would cost too much."""
    if not _is_parsable(raw):
        return _opaque(raw)
    try:
        return MessageContent.parse(raw)
    except Exception:  # RecursionError on deep nesting, IndexError and others on bad headers
        return _opaque(raw)


def _opaque(raw: bytes) -> MessageContent:
    plain = MessageContent.parse(b"\r\n").body.content_type
    lines = MessageContent._find_lines(raw)
    return MessageContent(raw, MessageHeader.empty(), MessageBody(raw, lines, plain, []))


def _is_parsable(raw: bytes) -> bool:
    """Whether every header in it is of a bounded size; linear in the size of the mail."""
    if not _is_small_header(raw, 0):
        return False
    for parts, inner in enumerate(_INNER_HEADER.finditer(raw)):
        start = inner.end()
        if not inner[0].startswith(b"--"):
            blank = _BLANK_LINE.search(raw, start, start + MAX_HEADER_BYTES)
            start = blank.end() if blank else len(raw)
        if parts >= MAX_PARTS or not _is_small_header(raw, start):
            return False
    return True


def _is_small_header(raw: bytes, start: int) -> bool:
    limit = min(start + MAX_HEADER_BYTES, len(raw))
    blank = _BLANK_LINE.search(raw, start, limit)
    if blank is None and limit < len(raw) and b":" in raw[start : start + 200]:
        return False
    end = blank.start() if blank else limit
    return all(len(field) <= MAX_FIELD_BYTES for field in _FIELD_BREAK.split(raw[start:end]))


def _header_end(raw: bytes) -> int:
    """Where the body begins: after the first empty line."""
    if raw.startswith((b"\r\n", b"\n")):
        return raw.index(b"\n") + 1
    ends = [at + len(gap) for gap in (b"\r\n\r\n", b"\n\n") if (at := raw.find(gap)) >= 0]
    return min(ends, default=len(raw))


def _some_fields(header: bytes, names: Collection[bytes], inverse: bool) -> bytes:
    kept: list[bytes] = []
    for field in re.split(rb"(?<=\n)(?![ \t])", header):
        name = field.partition(b":")[0].strip().upper()
        if b":" in field and inverse != (name in names):
            kept.append(field)
    return b"".join([*kept, b"\r\n"])


def _attributes() -> Sequence[FetchAttribute] | None:
    command = current_command.get(None)
    return command.attributes if isinstance(command, FetchCommand) else None


def _needs_bytes() -> bool:
    """False for a FETCH of metadata and sizes: a mail program asks that of a whole folder."""
    attributes = _attributes()
    if attributes is None:
        return True
    metadata = (b"UID", b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"EMAILID", b"THREADID")
    return any(attribute.attribute not in metadata for attribute in attributes)


def _needs_structure() -> bool:
    attributes = _attributes()
    return attributes is None or any(map(_is_structural, attributes))


def _is_structural(attribute: FetchAttribute) -> bool:
    if attribute.attribute in (b"ENVELOPE", b"BODYSTRUCTURE"):
        return True
    if attribute.attribute.startswith(b"BINARY"):
        return True
    if attribute.attribute not in (b"BODY", b"BODY.PEEK"):
        return False
    section = attribute.section
    return section is None or bool(section.parts) or section.specifier not in _PLAIN_SPECIFIERS
