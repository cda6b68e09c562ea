"""How far each endpoint was told, and the last attempts: written a few times a second.

Each write waits for the disk. What was delivered and not written yet is told again after a crash,
with the same id: that is what the id is for.
"""

import asyncio
from functools import partial

from postroom.index import webhooks
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.webhooks import Attempt
from postroom.work.term import Term
from postroom.work.webhooks.endpoint import Endpoint, News

GATHER_SECONDS, GATHER_RETRIES_SECONDS = 0.2, 2.0
"""For how long what happens is gathered before it is written; and that somebody did not answer once
more, which nobody waits to hear."""


class Ledger:
    """What is to be written down of endpoints."""

    def __init__(self, term: Term) -> None:
        self._term = term
        self._changed: dict[Endpoint, None] = {}
        self._tested: list[tuple[int, str, Attempt]] = []
        self._something = asyncio.Event()
        self._soon = asyncio.Event()
        self._urgent = asyncio.Event()

    def note(self, endpoint: Endpoint, *, soon: bool = True) -> None:
        """Something has become of it."""
        self._changed[endpoint] = None
        self._something.set()
        if soon:
            self._soon.set()

    def note_test(self, id: int, message_id: str, attempt: Attempt) -> None:
        """Somebody waits for this one."""
        self._tested.append((id, message_id, attempt))
        self._something.set()
        self._soon.set()
        self._urgent.set()

    async def run(self) -> None:
        """Keep writing, until cancelled."""
        while True:
            await self._something.wait()
            await wait_for_event(self._soon, GATHER_RETRIES_SECONDS)
            await wait_for_event(self._urgent, GATHER_SECONDS)
            await self.write()

    async def write(self) -> None:
        """Write down all that is known by now."""
        for each in (self._something, self._soon, self._urgent):
            each.clear()
        news = [endpoint.take_news() for endpoint in self._changed]
        tested, self._tested = self._tested, []
        self._changed.clear()
        if news or tested:
            await self._term.write(partial(_write, news=news, tested=tested, now=self._now()))

    def _now(self) -> float:
        return self._term.index.clock()


def _write(
    con: Connection, news: list[News], tested: list[tuple[int, str, Attempt]], now: float
) -> None:
    for each in news:
        _write_one(con, each, now)
    for id, message_id, attempt in tested:
        webhooks.log(con, id, [attempt])
        webhooks.tested(con, id, message_id)


def _write_one(con: Connection, news: News, now: float) -> None:
    hook = news.hook
    assert hook is not None
    webhooks.log(con, hook.id, news.attempts)
    if not webhooks.moved(con, hook):
        return  # it began anew meanwhile, or went
    for name in news.caught_up:
        webhooks.drop_lane(con, hook.id, name)
    for lane in news.behind:
        webhooks.put_lane(con, hook.id, lane)
    if news.parked:
        webhooks.park(con, now, hook, news.parked)
