"""Workflow state of a thread: labels and metadata, which agents and operators keep with it."""

from postroom.clock import Clock
from postroom.conversations import state as states
from postroom.conversations.state import State
from postroom.desk import door
from postroom.index import journal, reading, thread_state, threads
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.answers import ThreadState
from postroom.model.callers import Caller
from postroom.model.errors import Conflict
from postroom.model.events import EventType
from postroom.model.requests import StateChange


class ThreadStates:
    """What is asked about it."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    async def show(self, caller: Caller, thread_id: str) -> ThreadState:
        """What is kept with a thread, whole."""
        door.require(caller, "read")

        def look(con: Connection) -> ThreadState:
            row_id, _ = _thread(con, caller, thread_id)
            return _view(con, row_id, thread_state.of(con, row_id))

        return await self._index.read(look)

    async def change(
        self,
        caller: Caller,
        thread_id: str,
        change: StateChange,
        version: int | None = None,
    ) -> ThreadState:
        """Change what is kept with a thread, and what it is then. ``version``: only where it is
        still the one that the caller has seen.

        Raises:
            InvalidRequest: a label is malformed, or there would be too much.
            Conflict: ``thread_state_changed``: somebody else was first.
        """
        door.require(caller, "send")
        who = door.actor(caller)

        def write(con: Connection) -> ThreadState:
            row_id, mailbox_id = _thread(con, caller, thread_id)
            before = thread_state.of(con, row_id)
            if version is not None and version != before.version:
                raise Conflict(
                    "thread_state_changed",
                    f"The state of this thread is at version {before.version}.",
                    "Read it anew, and decide whether the change still fits.",
                )
            after = states.changed(before, change)
            if after is not before:
                now = self._clock()
                thread_state.put(con, now, row_id, after)
                journal.append(
                    con,
                    now,
                    EventType.THREAD_UPDATED,
                    who,
                    mailbox_id=mailbox_id,
                    thread_id=row_id,
                    digest=journal.digest(con, _bytes(after)),
                    detail=_what(before, after),
                )
            return _view(con, row_id, after)

        return await self._index.write(write)


def _thread(con: Connection, caller: Caller, thread_id: str) -> tuple[int, int]:
    """(its row id, its mailbox's)."""
    row_id, box = door.thread(con, caller, thread_id)
    if reading.conversation(con, row_id) is None:
        raise door.no_thread()  # its mail has gone by retention
    return row_id, box.id


def _view(con: Connection, row_id: int, state: State) -> ThreadState:
    return ThreadState(
        thread_id=threads.public_id(con, row_id),
        labels=state.labels,
        metadata=state.metadata,
        version=state.version,
    )


def _bytes(state: State) -> bytes:
    return "\n".join((*state.labels, states.written(state.metadata))).encode()


def _what(before: State, after: State) -> str:
    """What of it changed, without a word of it."""
    changed = (
        _counted(len(after.labels), "label") if before.labels != after.labels else "",
        _counted(len(after.metadata), "metadata key") if before.metadata != after.metadata else "",
    )
    return f"{', '.join(filter(None, changed))}, version {after.version}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
