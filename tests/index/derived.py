"""What a rebuild makes: a look at all of it, ways to damage it, and a hand between its steps."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from rooms import rows

from postroom.build import PostRoom
from postroom.index import rebuild, rethread, search_anew
from postroom.index.database import Connection
from postroom.model.callers import operator

DERIVED = {
    "messages": "SELECT * FROM messages ORDER BY mail_id",
    "mentions": "SELECT * FROM mentions ORDER BY mailbox_id, message_id",
    "conversations": "SELECT * FROM conversations ORDER BY thread_id",
    "correspondents": "SELECT * FROM correspondents ORDER BY mail_id, address",
    "threads": "SELECT * FROM threads ORDER BY id",
    "journal": "SELECT * FROM journal ORDER BY position",
}

Snapshot = dict[str, list[tuple[object, ...]]]

DAMAGE = {
    "every message in another thread": "UPDATE messages SET thread_id = 1 + (mail_id * 7) % 4",
    "all messages in one thread": "UPDATE messages SET thread_id = 5",
    "messages in no thread": "UPDATE messages SET thread_id = 9999 WHERE mail_id % 2",
    "messages lost": "DELETE FROM messages WHERE mail_id % 3 = 1",
    "other words": "UPDATE messages SET subject = 'x', follows = '[\"no@x\"]' WHERE mail_id % 2",
    "mentions lost": "DELETE FROM mentions WHERE length(message_id) % 2",
    "mentions of another thread": "UPDATE mentions SET thread_id = 2",
    "mentions of nothing": "INSERT INTO mentions VALUES (1, 'nobody@x', 1), (1, 'none@x', 9999)",
    "conversations lost": "DELETE FROM conversations WHERE thread_id % 2",
    "conversations of nothing": "INSERT INTO conversations SELECT 9999, mailbox_id, owner, subject,"
    " participants, 7, last_at, last_direction, snippet, awaiting FROM conversations LIMIT 1",
    "conversations of somebody else": "UPDATE conversations SET owner = 9, message_count = 9",
    "a joined thread on its own": "UPDATE threads SET into_id = NULL",
    "everything": "DELETE FROM messages; DELETE FROM mentions; DELETE FROM conversations",
}
"""What may have gone wrong with what is derived (and with where ids lead), as SQL."""


async def snapshot(room: PostRoom) -> Snapshot:
    return await room.index.read(lambda con: {n: rows(con, q) for n, q in DERIVED.items()})


async def again(room: PostRoom) -> None:
    await room.desk.health.rebuild(operator(), lambda done, total: None)


async def damage(room: PostRoom, *names: str) -> None:
    for name in names:
        for statement in DAMAGE[name].split(";"):
            await room.index.write(partial(_run, statement=statement))


def _run(con: Connection, statement: str) -> None:
    con.execute(statement)


def small_steps(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let a rebuild do at most ``most`` things at a time, so that little mail makes many steps."""
    for module, name in (
        (rebuild, "STEP"),
        (rethread, "MAX_CHANGES"),
        (rethread, "MAX_READ"),
        (search_anew, "STEP"),
        (search_anew, "STEP_PIECES"),
    ):
        monkeypatch.setattr(module, name, most)


@contextmanager
def between_steps(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[None]]
) -> Iterator[None]:
    """Let ``act`` run before each look and each write of whoever uses the room's index."""
    inside = False

    def interrupted(ask: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
        async def asked(question: Any) -> Any:
            nonlocal inside
            if not inside:
                inside = True
                try:
                    await act()
                finally:
                    inside = False
            return await ask(question)

        return asked

    with monkeypatch.context() as patched:
        for name in ("read", "write"):
            patched.setattr(room.index, name, interrupted(getattr(room.index, name)))
        yield
