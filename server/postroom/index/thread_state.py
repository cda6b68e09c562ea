"""What agents and operators keep with a conversation (conversations/state.py), a row each.

It is primary: a rebuild leaves it. It goes once no message of its conversation has any words left,
and with the mail of a correspondent who is erased, of whom it may tell.
"""

import json
from collections.abc import Collection, Iterable

from postroom.conversations.state import State, joined, written
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.retention import WORDS_REMOVED

sql = named("thread_state")


def of(con: Connection, thread_id: int) -> State:
    """What is kept with a conversation."""
    row: Row | None = sql.state(con, thread_id=thread_id)
    if row is None:
        return State()
    labels = tuple(each["label"] for each in sql.labels(con, thread_id=thread_id))
    return State(labels, json.loads(row["metadata"]), row["version"])


def put(con: Connection, now: float, thread_id: int, state: State) -> None:
    """Keep this with a conversation."""
    sql.drop_labels(con, thread_id=thread_id)
    for label in state.labels:
        sql.add_label(con, thread_id=thread_id, label=label)
    metadata, version = written(state.metadata), state.version
    sql.put(con, thread_id=thread_id, metadata=metadata, version=version, changed_at=now)


def join(con: Connection, old: int, target: int) -> None:
    """A conversation has become part of another: so does what is kept with it, and what was changed
    last counts."""
    row: Row | None = sql.state(con, thread_id=old)
    if row is None:
        return
    there: Row | None = sql.state(con, thread_id=target)
    one, other = of(con, old), of(con, target)
    is_newer = there is None or row["changed_at"] > there["changed_at"]
    newer, older = (one, other) if is_newer else (other, one)
    at = max(row["changed_at"], there["changed_at"] if there else 0.0)
    put(con, at, target, joined(newer, older))
    forget(con, old)


def forget(con: Connection, thread_id: int) -> None:
    """All of it goes."""
    sql.drop_labels(con, thread_id=thread_id)
    sql.drop(con, thread_id=thread_id)


def forget_wordless(con: Connection, thread_ids: Iterable[int]) -> None:
    """It goes from those of some conversations of which no words are left."""
    for thread_id in thread_ids:
        if sql.has_words(con, thread_id=thread_id, removed=WORDS_REMOVED) is None:
            forget(con, thread_id)


def has_label(con: Connection, thread_id: int, label: str) -> bool:
    """Whether a conversation has a label."""
    return sql.has_label(con, thread_id=thread_id, label=label) is not None


def labels_of(con: Connection, thread_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The labels of those of some conversations that have any."""
    found: dict[int, tuple[str, ...]] = {}
    for row in sql.labels_of(con, threads=json.dumps(list(thread_ids))):
        found[row["thread_id"]] = (*found.get(row["thread_id"], ()), row["label"])
    return found
