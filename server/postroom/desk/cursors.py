"""Cursors: opaque to callers, made of the index's epoch, a kind, and plain numbers or a key.

They hold no secret and grant nothing: whoever passes one is checked like anybody else. The epoch
names one history of the index, so that a cursor from before a restore is refused and not misread.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.index import threads
from postroom.index.database import Connection
from postroom.index.journal import epoch, last_position
from postroom.index.reading import Scope
from postroom.model.errors import InvalidRequest

MAX_CURSOR_CHARS = 100

MAX_APART_CHARS = 60
"""Characters of a cursor for what was told apart: with the rest it stays within the bound above."""


MAX_KEY_CHARS = 4_000
"""Characters of a cursor that holds a key: two addresses of the greatest length, in hexadecimal."""

Key = tuple[str | int, ...]
"""By what the things of a list are ordered: of each of them another."""


@dataclass(frozen=True)
class ListPlace:
    """Where a list of threads goes on."""

    last_at: float
    thread_id: int


@dataclass(frozen=True)
class ThreadPlace:
    """Where a thread goes on: the newest message of the next page, and how much of it was read.

    The oldest message may have been read ahead of its turn: ``first`` is its row id then, else 0,
    and ``first_shown`` how much of it was read; 0 stands for all.
    """

    mail_id: int
    offset: int
    first: int = 0
    first_shown: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether a page came before it."""
        return self != NEWEST

    def has_shown(self, mail_id: int) -> bool:
        """Whether all of a message was read ahead of its turn."""
        return mail_id == self.first and self.first_shown == 0


NEWEST = ThreadPlace(2**62, 0)
"""Where a thread begins."""


@dataclass(frozen=True)
class WaitPlace:
    """Where a wait goes on: everything up to a position of the journal was dealt with."""

    position: int
    apart: tuple[int, ...] | None = None
    """Positions behind it that were told as well, while other mail between them was not asked for;
    None where there is no such mail."""


def waiting(
    con: Connection, scope: Scope, position: int, apart: Sequence[int] | None = None
) -> str:
    """The cursor to wait in ``scope`` from; see `WaitPlace`."""
    end = "" if apart is None else f"-{_apart(position, apart)}"
    return f"{epoch(con)}-{_scope_name(scope)}-{position:x}{end}"


def waited(con: Connection, scope: Scope, cursor: str) -> WaitPlace:
    """The place that a cursor of this scope stands for.

    Raises:
        InvalidRequest: not a cursor, of another history, of another scope, or from the future.
    """
    mine, name, number, *more = _parts(cursor, 3, 4)
    _check_epoch(con, mine)
    if _scope_of(con, name) != scope:
        raise InvalidRequest(
            "cursor_of_another_scope",
            "This cursor belongs to another thread or mailbox.",
            "Pass the `after` that an answer about this very thread or mailbox gave you,"
            " or leave it out.",
        )
    position = _number(number)
    apart = _read_apart(position, more[0]) if more else None
    if max(position, *(apart or ()), 0) > last_position(con):
        raise _invalid()
    return WaitPlace(position, apart)


def that_fit_apart(position: int, told: Sequence[int]) -> int:
    """How many of the positions ``told``, from the first on, a cursor has room for."""
    for count in range(len(told), 0, -1):
        if len(_apart(position, told[:count])) <= MAX_APART_CHARS:
            return count
    return 0


def _apart(position: int, told: Sequence[int]) -> str:
    return "x" + ".".join(f"{one - position:x}" for one in told)


def _read_apart(position: int, text: str) -> tuple[int, ...]:
    if not text.startswith("x") or len(text) > MAX_APART_CHARS:
        raise _invalid()
    return tuple(position + _number(one) for one in text[1:].split(".") if text != "x")


def listing(con: Connection, question: str, place: ListPlace) -> str:
    """The cursor of a list's next page; ``question`` is what was asked."""
    # The double itself: a rounded time would repeat or lose the thread that stands at it.
    at = struct.unpack(">Q", struct.pack(">d", place.last_at))[0]
    return f"{epoch(con)}-l{_crc(question)}-{at:x}-{place.thread_id:x}"


def listed(con: Connection, question: str, cursor: str) -> ListPlace:
    """Where a list goes on. Raises InvalidRequest where the cursor belongs to another question."""
    mine, kind, at, thread = _parts(cursor, 4)
    _check_epoch(con, mine)
    if kind != f"l{_crc(question)}":
        raise _of_another_list()
    last_at = struct.unpack(">d", struct.pack(">Q", _number(at)))[0]
    if not 0 <= last_at <= 2.0**62:  # also not a number at all
        raise _invalid()
    return ListPlace(last_at, _number(thread))


def next_behind(con: Connection, question: str, key: Key) -> str:
    """The cursor of a list's next page, which begins behind the thing with this key."""
    return f"{epoch(con)}-k{_crc(question)}-{json.dumps(key).encode().hex()}"


def behind(con: Connection, question: str, cursor: str, like: Key) -> Key:
    """The key that a list goes on behind, of the same types as ``like``. Raises InvalidRequest
    where the cursor belongs to another question."""
    mine, kind, told = _parts(cursor, 3, most=MAX_KEY_CHARS)
    _check_epoch(con, mine)
    if kind != f"k{_crc(question)}":
        raise _of_another_list()
    try:
        key = json.loads(bytes.fromhex(told))
        json.dumps(key, ensure_ascii=False).encode()  # half of a pair is no text
    except (ValueError, RecursionError) as error:
        raise _invalid() from error
    if not isinstance(key, list) or [type(each) for each in key] != [type(each) for each in like]:
        raise _invalid()
    if any(isinstance(each, int) and not 0 <= each < 2**63 for each in key):
        raise _invalid()
    return tuple(key)


def paging(con: Connection, thread_id: int, place: ThreadPlace) -> str:
    """The cursor of a thread's next page."""
    first = f"-{place.first:x}-{place.first_shown:x}" if place.first else ""
    return f"{epoch(con)}-pt{thread_id:x}-{place.mail_id:x}-{place.offset:x}{first}"


def paged(con: Connection, thread_id: int, cursor: str) -> ThreadPlace:
    """Where a thread goes on. Raises InvalidRequest where the cursor is another thread's."""
    mine, kind, mail, offset, *first = _parts(cursor, 4, 6)
    _check_epoch(con, mine)
    found = _thread_of(con, kind[1:]) if kind.startswith("p") else None
    if found is None or found[0] != thread_id:
        raise InvalidRequest(
            "cursor_of_another_thread",
            "This cursor belongs to another thread.",
            "Pass the next_cursor that get_thread gave for this thread, or leave it out.",
        )
    return ThreadPlace(_number(mail), _number(offset), *map(_number, first))


def reading(con: Connection, attachment_id: str, offset: int) -> str:
    """The cursor of an attachment's next page; ``offset`` is in characters of its text."""
    return f"{epoch(con)}-{attachment_id}-{offset:x}"


def read(con: Connection, attachment_id: str, cursor: str) -> int:
    """Where an attachment's text goes on. Raises InvalidRequest where the cursor is another's."""
    mine, name, offset = _parts(cursor, 3)
    _check_epoch(con, mine)
    if name != attachment_id:
        raise InvalidRequest(
            "cursor_of_another_attachment",
            "This cursor belongs to another attachment.",
            "Pass the next_cursor that read_attachment gave for this one, or leave it out.",
        )
    return _number(offset)


def _scope_name(scope: Scope) -> str:
    if scope.thread_id is None:
        return f"m{scope.mailbox_id:x}"
    return f"t{scope.thread_id:x}"


def _scope_of(con: Connection, name: str) -> Scope | None:
    if name.startswith("m"):
        return Scope(_number(name[1:]))
    found = _thread_of(con, name)
    return Scope(found[1], found[0]) if found else None


def _thread_of(con: Connection, name: str) -> tuple[int, int] | None:
    """(thread row id, mailbox id) that a cursor means; a thread may have joined another since."""
    if name.startswith("t_"):  # as they were given out once
        return threads.resolve(con, name)
    return threads.by_row(con, _number(name[1:])) if name.startswith("t") else None


def _parts(cursor: str, *counts: int, most: int = MAX_CURSOR_CHARS) -> list[str]:
    parts = cursor.strip().split("-")
    if len(parts) not in counts or len(cursor) > most:
        raise _invalid()
    return parts


def _number(text: str) -> int:
    # Lower-case hexadecimal only: int() would also take "0x", "_" and signs.
    # SQLite's integers end at 2**63.
    if not text or len(text) > 16 or text.strip("0123456789abcdef") or int(text, 16) >= 2**63:
        raise _invalid()
    return int(text, 16)


def _check_epoch(con: Connection, mine: str) -> None:
    now = epoch(con)
    if len(mine) != len(now) or mine.strip("0123456789abcdef"):
        raise _invalid()
    if mine != now:
        raise InvalidRequest(
            "cursor_of_another_history",
            "This cursor was not given out by this history of the post room: it may have been"
            " restored from a backup since, and what came after that is not there any more.",
            "Leave the cursor out to begin anew; look at a thread before you write to it again.",
        )


def _crc(question: str) -> str:
    return f"{zlib.crc32(question.encode()):x}"


def _of_another_list() -> InvalidRequest:
    return InvalidRequest(
        "cursor_of_another_list",
        "This cursor belongs to a list with other arguments.",
        "Repeat the arguments of the call that gave it, or leave the cursor out.",
    )


def _invalid() -> InvalidRequest:
    return InvalidRequest(
        "cursor_invalid",
        "This cursor was not given out here, or not by this history of the post room.",
        "Leave it out to begin anew, or pass one exactly as an answer gave it.",
    )
