"""What goes by its age: shown, and done at once."""

import asyncio
from collections.abc import Callable

from postroom.clock import Stopwatch
from postroom.desk import worker_settings
from postroom.desk.door import for_operators
from postroom.index import retention
from postroom.index.database import Connection
from postroom.index.index import Index, wait_for_event
from postroom.model.callers import Caller
from postroom.model.errors import Unavailable
from postroom.model.records_answers import MailboxRemovals, RetentionReport
from postroom.settings import Settings

MOST_COUNTED = 100_000
"""Mails that a look counts: a second's work."""

PATIENCE_SECONDS = 3600.0
"""How long to wait for the worker. It goes on by itself in any case."""


class RetentionDesk:
    """What an operator asks about mail that is older than it may be."""

    def __init__(self, index: Index, settings: Settings, idle: Callable[[], str]) -> None:
        self._index = index
        self._settings = settings
        self._idle = idle

    async def preview(self, caller: Caller) -> RetentionReport:
        """What would go now."""
        for_operators(caller)
        return await self._index.read(lambda con: self._look(con, done=False))

    async def run(self, caller: Caller) -> RetentionReport:
        """Let it go now, rather than in the caretaker's time, and wait until no byte is left.

        Raises:
            Unavailable: no worker does it, or one that began with another ``postroom.toml``.
        """
        for_operators(caller)
        await self._index.read(self._check_worker)
        going = await self._index.read(lambda con: self._look(con, done=True))
        await self._index.write(retention.ask)
        await finished(self._index, lambda con: not retention.is_asked(con))
        return going

    def _look(self, con: Connection, done: bool) -> RetentionReport:
        now, kept = self._index.clock(), self._settings.operator.retention
        found, complete = retention.count(con, now, kept, MOST_COUNTED)
        return RetentionReport(
            mailboxes=tuple(
                MailboxRemovals(
                    mailbox=address,
                    raw=one.bytes,
                    words=one.words,
                    all=one.all,
                    kept_out=one.kept_out,
                    raw_bytes=one.size,
                )
                for address, one in sorted(found.items())
            ),
            complete=complete,
            done=done,
            unknown=retention.unknown(con, kept),
        )

    def _check_worker(self, con: Connection) -> None:
        idle = self._idle()
        check_somebody_works(idle)
        for check in worker_settings.check(con, self._settings.said, idle):
            if not check.ok:
                raise Unavailable("worker_settings", check.says, check.next_step or "")


def check_somebody_works(idle: str) -> None:
    """Raise `Unavailable` where nobody does the I/O: ``idle`` says why."""
    if idle:
        raise Unavailable("no_worker", idle, "`postroom doctor` says what is wrong.")


async def finished(index: Index, look: Callable[[Connection], bool]) -> None:
    """Wait until a worker has done what ``look`` looks for.

    Raises:
        Unavailable: it takes too long.
    """
    watch = Stopwatch(index.clock)
    while True:
        changed = index.next_change()
        if await index.read(look):
            return
        left = PATIENCE_SECONDS - watch.elapsed()
        if left <= 0:
            raise Unavailable(
                "removal_goes_on",
                "It is not done yet; the worker goes on with it.",
                "`postroom doctor` says whether one runs.",
            )
        await wait_for_event(changed, min(left, 5.0))
        await asyncio.sleep(0)
