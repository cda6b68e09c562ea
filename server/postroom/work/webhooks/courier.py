"""The webhook courier: reads the journal for all endpoints together, and starts deliveries.

Endpoints that have heard everything stand at the front of the journal, and what is new there is
read once for all of them. Who is behind is read for from its own place, one piece at a time between
the others. Nothing is asked of the index by endpoint or by time: when something is tried again
stands in memory, as the worker found it when it began.
"""

import asyncio
import heapq
import logging
import time
from collections.abc import Callable
from functools import partial

from postroom.index import events, webhooks
from postroom.index.database import Connection
from postroom.index.events import Piece
from postroom.index.index import wait_for_any
from postroom.model.errors import PostroomError
from postroom.model.event_filters import Wanted
from postroom.model.webhooks import Lane, SigningSecret, Webhook
from postroom.work.term import Term
from postroom.work.webhooks.conversations import Conversation
from postroom.work.webhooks.endpoint import Endpoint
from postroom.work.webhooks.ledger import Ledger
from postroom.work.webhooks.payload import body, envelope
from postroom.work.webhooks.posting import Answered, Posting
from postroom.work.webhooks.signing import signed

log = logging.getLogger("postroom.work")

PLACES, RETRY_PLACES = 48, 12
"""Deliveries in flight together, and those of them that have failed before: endpoints that do not
answer keep nobody else waiting."""

SLOW_PLACES = 24
"""Those of endpoints that took long the last time, or were not asked before: whoever answers at
once finds a place."""

RETRY_SECONDS = 0.1
"""Between two endpoints whose turn has come to be tried again: a thousand that are gone cost some
hundredths of a processor, and no mail waits for them."""

TURN_SECONDS = 0.005
"""How long endpoints are looked at before others have a turn: there may be thousands."""

FAR = 500
"""Events that pass an endpoint by before that is written down: after a crash they pass again."""

LAST_SECONDS = 3.0
"""How long a delivery in flight may take to end when the process is asked to."""

LONGEST_SLEEP = 60.0

TRIED = 10
"""Rows of the journal that are read for who is only tried: one event is enough."""

Known = tuple[list[tuple[Webhook, list[Lane], list[SigningSecret]]], list[tuple[str, int]]]


class WebhookCourier:
    """Tells every endpoint what it asks for."""

    def __init__(self, term: Term, posting: Posting) -> None:
        self._term = term
        self._posting = posting
        self._ledger = Ledger(term)
        self._revision = -1
        self._endpoints: dict[int, Endpoint] = {}
        self._reading: dict[int, Endpoint] = {}
        """Those for which more of the journal is to be read."""
        self._quick: dict[int, Endpoint] = {}
        self._slow: dict[int, Endpoint] = {}
        """Those of which something may be started. However many there are, a delivery that has
        ended costs a look at few of them."""
        self._lagging: dict[int, Endpoint] = {}
        """Those with a conversation for which the journal is to be read."""
        self._front = 0
        """Up to where the journal was read for whoever is furthest."""
        self._unread = True
        """Whether the journal is to be looked at, though nothing was written."""
        self._tries: list[tuple[float, int]] = []
        """When something is tried again: a heap, of which what stands in ``_due`` counts."""
        self._due: dict[int, float] = {}
        self._next_retry = 0.0
        self._looked_at = 0.0
        self._under_way: set[asyncio.Task[None]] = set()
        self._retrying = self._on_slow = 0
        self._testing: set[str] = set()
        self._freed = asyncio.Event()

    async def run(self) -> None:
        """Keep telling, until cancelled; then what is in flight ends, and its end is kept."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ledger.run(), name="webhook-ledger")
                group.create_task(self._carry(), name="webhook-courier")
        finally:
            await self._finish()

    async def _carry(self) -> None:
        changed = self._term.index.next_change()
        while True:
            self._freed.clear()
            self._mind_clock()
            if changed.is_set() or self._unread:
                changed = self._term.index.next_change()
                self._unread = False
                self._unread |= await self._look()
            self._start()
            if not (self._wake() or self._unread):
                await self._sleep(changed)

    def _mind_clock(self) -> None:
        """See anew when something is tried, where the clock was put back."""
        now = self._term.index.clock()
        if now < self._looked_at:
            self._tries, self._due = [], {}
            for endpoint in self._endpoints.values():
                endpoint.clock_was_put_back(now)
                self._consider(endpoint)
        self._looked_at = now

    async def _look(self) -> bool:
        """Whether there is more to be read at once."""
        front = max((each.seen for each in self._reading.values()), default=None)
        known, index, rows = self._revision, self._term.index, self._rows(front)

        def look(con: Connection) -> tuple[int, Known | None, Piece | None]:
            number = webhooks.revision(con)
            if number != known:
                return number, _known(con, index.clock()), None
            return number, None, events.behind(con, front, rows) if front is not None else None

        self._revision, anew, piece = await index.read(look)
        if anew is not None:
            self._take_over(anew)
            return True
        if piece is not None and front is not None:
            await self._offer(front, piece)
        return await self._catch_up(front) or (piece is not None and not piece.is_last)

    async def _offer(self, after: int, piece: Piece) -> None:
        """Let everybody have a piece who has heard what lies before it."""
        self._front = max(self._front, piece.position)
        types = {each.about.type for each in piece.told}
        began = time.monotonic()
        for endpoint in list(self._reading.values()):
            if after <= endpoint.seen < piece.position:
                wanted = any(map(endpoint.hook.hears.wanted.takes_type, types))
                endpoint.offer(piece.told if wanted else (), piece.position)
                if endpoint.unwritten > FAR:
                    self._ledger.note(endpoint)
                self._consider(endpoint)
            if time.monotonic() - began > TURN_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()

    async def _catch_up(self, front: int | None) -> bool:
        """Read one piece for whoever is the furthest behind, and one for a conversation that is."""
        now = self._term.index.clock()
        last = min((each.seen for each in self._reading.values()), default=front)
        is_behind = last is not None and front is not None and last < front
        if is_behind and last is not None:
            look = partial(events.behind, after=last, rows=self._rows(last))
            await self._offer(last, await self._term.index.read(look))
        for endpoint in self._lagging.values():
            if (talk := endpoint.to_catch_up(now)) is not None:
                await self._read_for(endpoint, talk)
                return True
        return is_behind

    def _rows(self, place: int | None) -> int:
        """How much to read there: little where all are only tried, whether somebody answers."""
        there = (each for each in self._reading.values() if each.seen == place)
        return TRIED if all(each.is_failing for each in there) else events.STEP

    async def _read_for(self, endpoint: Endpoint, talk: Conversation) -> None:
        owner, after = endpoint.hook.hears.owner, talk.read_to
        wanted = Wanted(mailbox=talk.mailbox) if talk.mailbox else events.ALL
        look = partial(events.since, caller=owner, after=after, wanted=wanted)
        piece = await self._term.index.read(look)
        endpoint.catch_up(talk, piece.told, piece.position)
        self._ledger.note(endpoint)
        self._consider(endpoint)

    def _take_over(self, known: Known) -> None:
        """What operators changed, and the tests that they ask for."""
        found, tests = known
        before, self._endpoints = self._endpoints, {}
        for hook, lanes, secrets in found:
            old = before.get(hook.id)
            if old is not None and old.hook.generation == hook.generation:
                old.update(hook, secrets)
                self._endpoints[hook.id] = old
            else:
                begun = self._endpoints[hook.id] = Endpoint(hook, lanes, secrets, old)
                begun.clock_was_put_back(self._term.index.clock())  # it may have been, since
        self._reading, self._quick, self._slow, self._lagging = {}, {}, {}, {}
        self._tries, self._due = [], {}
        for endpoint in self._endpoints.values():
            self._consider(endpoint)
        self._testing &= {message_id for message_id, _ in tests}
        for message_id, id in tests:
            if id in self._endpoints and message_id not in self._testing:
                self._testing.add(message_id)
                self._begin(self._test(self._endpoints[id], message_id), f"webhook-{message_id}")

    def _consider(self, endpoint: Endpoint) -> None:
        """See anew what is to be done for an endpoint."""
        id, now = endpoint.hook.id, self._term.index.clock()
        if self._endpoints.get(id) is not endpoint:
            return  # it goes on under another one
        if endpoint.takes_more(now):
            self._reading[id] = endpoint
            self._unread |= endpoint.seen < self._front
        else:
            self._reading.pop(id, None)
        if endpoint.to_catch_up(now) is not None:
            self._lagging[id] = endpoint
            self._unread = True
        else:
            self._lagging.pop(id, None)
        lively, others = self._quick, self._slow
        if endpoint.is_slow:
            lively, others = others, lively
        lively[id] = endpoint
        others.pop(id, None)
        next_try = endpoint.next_try()
        if next_try is not None and next_try > now and self._due.get(id) != next_try:
            self._due[id] = next_try
            heapq.heappush(self._tries, (next_try, id))

    def _wake(self) -> bool:
        """Let the next one have its turn whose time has come; whether there was one."""
        now = self._term.index.clock()
        while self._tries and self._tries[0][0] <= now and self._pause <= 0:
            at, id = heapq.heappop(self._tries)
            if self._due.get(id) == at:  # else it has moved
                del self._due[id]
                self._next_retry = time.monotonic() + RETRY_SECONDS
                self._consider(self._endpoints[id])
                return True
        return False

    @property
    def _pause(self) -> float:
        """Seconds until the next one may be tried again."""
        return self._next_retry - time.monotonic()

    def _start(self) -> None:
        """Start what may go and has a place."""
        self._start_of(self._slow, self._slow_is_full)
        self._start_of(self._quick, self._is_full)

    def _start_of(self, lively: dict[int, Endpoint], is_full: Callable[[], bool]) -> None:
        now = self._term.index.clock()
        for id in list(lively):
            if is_full():
                return
            endpoint = lively.pop(id)
            while (talk := endpoint.next_to_go(now)) is not None:
                retried = endpoint.is_retried(talk)
                if is_full() or (retried and self._retrying >= RETRY_PLACES):
                    lively[id] = endpoint  # behind the others, which have waited longer
                    break
                slow = endpoint.is_slow
                self._retrying += retried
                self._on_slow += slow
                endpoint.begin(talk)
                self._begin(self._deliver(endpoint, talk, retried, slow), f"webhook-{id}")

    def _is_full(self) -> bool:
        return len(self._under_way) >= PLACES

    def _slow_is_full(self) -> bool:
        return self._is_full() or self._on_slow >= SLOW_PLACES

    def _begin(self, work: "asyncio._CoroutineLike[None]", name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._under_way.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._freed.set()

    async def _deliver(
        self, endpoint: Endpoint, talk: Conversation, retried: bool, slow: bool
    ) -> None:
        told = talk.current
        assert told is not None
        try:
            answered = await self._post(endpoint, told.event.id, partial(body, told))
        finally:
            self._retrying -= retried
            self._on_slow -= slow
        endpoint.end(talk, answered, self._term.index.clock())
        again = retried and not answered.delivered and endpoint.is_active
        self._ledger.note(endpoint, soon=not again)
        self._consider(self._endpoints.get(endpoint.hook.id, endpoint))

    async def _test(self, endpoint: Endpoint, message_id: str) -> None:
        now = self._term.index.clock()
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        said = {"webhook_id": endpoint.hook.public_id}
        text = partial(envelope, "webhook.test", at, said)
        answered = await self._post(endpoint, message_id, text)
        attempt = endpoint.logged(message_id, "webhook.test", answered, now, 1)
        self._ledger.note_test(endpoint.hook.id, message_id, attempt)
        current = self._endpoints.get(endpoint.hook.id, endpoint)
        if answered.delivered:
            current.is_answered(self._term.index.clock())
            self._consider(current)
        self._ledger.note(current)

    async def _post(
        self, endpoint: Endpoint, message_id: str, text: Callable[[], bytes]
    ) -> Answered:
        """What came of an attempt. Never raises: one that cannot be made has failed."""
        now = self._term.index.clock()
        try:
            said = text()
            headers = signed(message_id, now, said, endpoint.secrets(now))
        except Exception as error:
            log.error(
                "A delivery of %s could not be made.", endpoint.hook.public_id, exc_info=error
            )
            return Answered(None, 0, f"internal_error: {type(error).__name__}")
        return await self._posting.post(endpoint.hook.url, headers, said)

    async def _sleep(self, changed: asyncio.Event) -> None:
        """Until something was committed, a place is free, or the next try is due."""
        pause = LONGEST_SLEEP
        if self._tries:
            due = self._tries[0][0] - self._term.index.clock()
            pause = min(max(due, self._pause, 0.0), pause)
        await wait_for_any(changed, self._freed, timeout=pause)

    async def _finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_SECONDS)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        for endpoint in self._endpoints.values():
            if endpoint.unwritten > 0:
                self._ledger.note(endpoint)
        try:
            await self._ledger.write()
        except PostroomError as error:  # another worker has taken over: it tells that again
            log.warning("The last deliveries of webhooks were not written down: %s", error)
        await self._posting.close()


def _known(con: Connection, now: float) -> Known:
    found = [
        (hook, webhooks.lanes(con, hook.id), webhooks.secrets(con, hook.id, now))
        for hook in webhooks.every(con)
    ]
    return found, webhooks.tests(con)
