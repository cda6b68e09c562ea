"""Messages as IMAP shows them: metadata in memory, bytes and MIME structure read when asked for.

pymap asks a message to load what a command requires, then formats it on the event loop. Whatever
costs time on hostile mail therefore happens in a reading thread while loading: the bytes are read
there, and the structure (ENVELOPE, BODYSTRUCTURE, numbered parts, SEARCH) is parsed there, and only
for the commands that need it.
"""

import asyncio
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

from pymap.bytes import Writeable
from pymap.flags import SessionFlags
from pymap.interfaces.message import FlagsKey
from pymap.message import BaseLoadedMessage
from pymap.mime import MessageContent
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchRequirement, Flag, ObjectId

from postroom.embedded.filing import MessageRow, body_of
from postroom.embedded.imap_envelope import Envelope
from postroom.embedded.imap_needs import needs_bytes, needs_structure
from postroom.embedded.imap_output import OUTPUT
from postroom.embedded.imap_structure import header_end, opaque, parse_bounded, some_fields
from postroom.embedded.mailstore import MailStore

LATEST = 253_402_214_400.0
"""9999-12-31, seconds since 1970. APPEND takes any date; a zone away from the last one is none."""

BREATH = 100
"""Messages handled between two looks at everybody else's connections."""

_loads = count()
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
        if requirement.has_none(FetchRequirement.CONTENT) or not needs_bytes():
            return LoadedMessage(self, requirement, None, parse=False)
        parse = needs_structure()
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
            self._content = content = opaque(self._raw)
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
        header = self._raw[: header_end(self._raw)]
        if subset is not None:
            header = some_fields(header, subset, inverse)
        return Writeable.wrap(header)

    def get_message_text(self, section: Sequence[int] | None = None) -> Writeable:
        if section:
            return super().get_message_text(section)
        return Writeable.wrap(self._raw[header_end(self._raw) :])


def _words(part: MessageContent) -> Iterator[Writeable]:
    yield part.header
    if part.body.content_type.maintype == "text":
        yield part.body
