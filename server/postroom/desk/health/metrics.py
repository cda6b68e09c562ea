"""Figures of the whole room, and whether it is ready: for programs that look after it."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from postroom.desk import door
from postroom.index import domain_checks, journal, metrics, reputation
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.answers import Check
from postroom.model.callers import Caller
from postroom.model.errors import PostroomError
from postroom.model.metrics import Happenings, Readiness, RoomFigures
from postroom.settings import Settings

MOST_EVENTS = 20_000
"""Rows of the journal that are counted at one look: some milliseconds. What is beyond is counted at
the next."""

FRESH_SECONDS = 3.0
"""For how long figures are told again without looking: many who ask cost one look."""

PATIENCE_SECONDS = 2.0
"""For the index to be read and written: whoever asks whether we are ready gives up soon, too."""


class Metrics:
    """What a program asks that looks after the room."""

    def __init__(
        self,
        index: Index,
        settings: Settings,
        idle: Callable[[], str],
        policy: Callable[[], Awaitable[Check]],
        waits: Callable[[], int],
    ) -> None:
        """``waits`` says how many waits go on in this process of which the index does not tell."""
        self._waits = waits
        self._index = index
        self._settings = settings
        self._idle = idle
        self._policy = policy
        self._looking = asyncio.Lock()
        self._seen: RoomFigures | None = None
        self._seen_at = 0.0

    async def now(self, caller: Caller) -> RoomFigures:
        """How it stands, or stood a few seconds ago."""
        door.for_watchers(caller)
        async with self._looking:
            age = abs(self._index.clock() - self._seen_at)
            if self._seen is None or age > FRESH_SECONDS:
                worker = not self._idle()
                free = (await asyncio.to_thread(shutil.disk_usage, self._settings.home)).free
                look = partial(self._figures, free=free, has_worker=worker)
                self._seen, self._seen_at = await self._index.read(look), self._index.clock()
            return self._seen

    async def happened(
        self, caller: Caller, after: int | None, attempts: Mapping[int, int]
    ) -> Happenings:
        """What happened behind a position of the journal, at most some thousand events, and since
        endpoints had been posted to so often; with None nothing yet, and where to begin."""
        door.for_watchers(caller)
        return await self._index.read(lambda con: _happened(con, after, attempts))

    async def readiness(self) -> Readiness:
        """What is well. Asked by the faces for whoever looks in: nothing but names comes out."""
        index = await self._is_well(self._look)
        policy = await self._is_well(self._holds) if index else False
        return Readiness(index=index, worker=not self._idle(), policy=policy)

    async def _is_well(self, look: Callable[[], Awaitable[bool]]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await look()
        except (PostroomError, OSError, sqlite3.Error):
            return False

    async def _look(self) -> bool:
        await self._index.position()
        await self._index.write(lambda con: None)
        return True

    async def _holds(self) -> bool:
        return (await self._policy()).ok

    def _figures(self, con: Connection, free: int, has_worker: bool) -> RoomFigures:
        now = self._index.clock()
        return RoomFigures(
            backlogs=metrics.backlogs(con, now),
            mailboxes=metrics.mailboxes(con),
            ailing=metrics.ailing(con),
            logins=metrics.logins(con),
            kept_aside=metrics.kept_aside(con),
            handed_in=metrics.handed_in(con, now),
            uploads=metrics.uploads(con, now),
            webhooks=metrics.webhooks(con, now),
            paused={name: why is not None for name, why in reputation.standings(con).items()},
            domain_checks=domain_checks.states(con),
            waits=metrics.waits(con, now) + self._waits(),
            position=journal.last_position(con),
            index_bytes=metrics.file_bytes(con),
            free_bytes=free,
            has_worker=has_worker,
        )


def _happened(con: Connection, after: int | None, before: Mapping[int, int]) -> Happenings:
    newest, attempts = journal.last_position(con), metrics.attempts(con)
    if after is None:
        return Happenings(upto=newest, attempts=attempts)
    new = {id: many - before.get(id, 0) for id, many in attempts.items()}
    tried = [
        each
        for id, many in new.items()
        if many > 0
        for each in metrics.tried(con, id, attempts[id] - many, attempts[id])
    ]
    upto = min(newest, after + MOST_EVENTS)
    return Happenings(
        upto=upto,
        events=tuple(metrics.happened(con, after, upto)),
        attempts=attempts,
        deliveries=tuple(tried),
        deliveries_unlogged=max(sum(new.values()) - len(tried), 0),
        carried_seconds=tuple(metrics.carried(con, after, upto)),
        taken_in_seconds=tuple(metrics.taken_in(con, after, upto)),
    )
