"""The keys of domains of one's own, from state to state: looked for, switched to, let go.

All of it stands in the index, a transaction a step, so another worker goes on wherever one died.
A look takes as long as its domain's servers let it: a few domains are looked at beside one another,
those first that were never looked at or not for long, and what retires waits for none of them.
"""

import asyncio
from collections.abc import Awaitable, Callable

from postroom.index import domain_keys
from postroom.index.database import Connection
from postroom.index.domain_keys import UnsettledKey
from postroom.index.index import wait_for_any, wait_for_event
from postroom.model.domains import DkimKey, KeyState
from postroom.signing.rotation import RETIRE_SECONDS, WAITING, next_state
from postroom.work.term import Term

FIRST_PAUSE, LONGEST_PAUSE, LONGEST_SILENT = 5.0, 60.0, 3600.0
"""Seconds between two looks for a key, doubled each time; the last where nobody answers."""

AT_ONCE = 8
"""Domains that are looked at together."""

REST_SECONDS = 1.0
"""Between two looks into the index: any commit wakes us."""

SLEEP_SECONDS = 600.0
"""While no key waits to be found."""

Look = Callable[[DkimKey], Awaitable[bool | None]]
"""Whether everybody finds a key's record; None where nobody answers."""


class KeySteps:
    """Takes each key a step further when its time has come."""

    def __init__(self, term: Term, look: Look) -> None:
        self._term = term
        self._look = look
        self._due: dict[str, tuple[float, float]] = {}
        """When to look for a key again, by its record's name, and the pause after that."""
        self._looks: dict[str, asyncio.Task[None]] = {}
        """Under way, by domain."""
        self._freed = asyncio.Event()

    async def run(self) -> None:
        """Go on until cancelled."""
        try:
            while True:
                changed, jumped = self._term.index.next_change(), self._term.index.next_jump()
                pause = await self._begin()
                await wait_for_any(changed, jumped, self._freed, timeout=pause)
                await wait_for_event(jumped, REST_SECONDS)
        finally:
            for task in self._looks.values():
                task.cancel()
            await asyncio.gather(*self._looks.values(), return_exceptions=True)

    async def round(self) -> float:
        """Take the steps that are due; seconds until the next look. Raises Unavailable once the
        term is over."""
        pause = await self._begin()
        while self._looks:
            await asyncio.wait(self._looks.values(), return_when=asyncio.FIRST_COMPLETED)
            pause = await self._begin()
        return pause

    async def _begin(self) -> float:
        """Let go what has retired, and begin as many looks as have room; seconds until there is
        more to do."""
        self._freed.clear()
        self._end_looks()
        unsettled = await self._term.index.read(domain_keys.unsettled)
        for each in unsettled:
            if each.key.state is KeyState.RETIRING:
                await self._retire(each)
        waiting = [each for each in unsettled if each.key.state in WAITING]
        names = {each.key.name for each in waiting}
        self._due = {name: due for name, due in self._due.items() if name in names}
        for domain in self._in_turn(waiting)[: AT_ONCE - len(self._looks)]:
            keys = [each for each in waiting if each.key.domain == domain]
            task = asyncio.create_task(self._look_for(keys), name=f"look {domain}")
            self._looks[domain] = task
            task.add_done_callback(lambda _: self._freed.set())
        return self._pause(unsettled)

    def _end_looks(self) -> None:
        """What failed is a fault of ours, or the end of the term."""
        for domain, task in list(self._looks.items()):
            if task.done():
                del self._looks[domain]
                task.result()

    def _in_turn(self, waiting: list[UnsettledKey]) -> list[str]:
        """The domains that are to be looked at, those first whose keys were never looked for, then
        as their pauses are short: one whose servers are silent keeps no other waiting."""
        now, found = self._term.index.clock(), dict[str, tuple[float, float]]()
        for each in waiting:
            domain, (at, pause) = each.key.domain, self._due.get(each.key.name, (0.0, 0.0))
            if domain not in self._looks and at <= now:
                found[domain] = min((pause, at), found.get(domain, (pause, at)))
        return sorted(found, key=lambda domain: found[domain])

    def _pause(self, unsettled: list[UnsettledKey]) -> float:
        now = self._term.index.clock()
        times = [
            each.changed_at + RETIRE_SECONDS
            for each in unsettled
            if each.key.state is KeyState.RETIRING
        ]
        if len(self._looks) < AT_ONCE:  # else a look that ends wakes us
            times += [
                self._due.get(each.key.name, (now, 0.0))[0]
                for each in unsettled
                if each.key.state in WAITING and each.key.domain not in self._looks
            ]
        return min(max(min(times, default=now + SLEEP_SECONDS) - now, 0.0), SLEEP_SECONDS)

    async def _retire(self, each: UnsettledKey) -> None:
        if next_state(each.key, each.changed_at, self._term.index.clock(), False) is not None:
            await self._come_into(each.key, KeyState.RETIRED)

    async def _look_for(self, keys: list[UnsettledKey]) -> None:
        """Let those keys of a domain sign that everybody finds."""
        due = [each for each in keys if self._is_due(each.key)]
        seen = await asyncio.gather(*(self._look(each.key) for each in due))
        for each, found in zip(due, seen, strict=True):
            await self._go_on(each, found)

    def _is_due(self, key: DkimKey) -> bool:
        return self._due.get(key.name, (0.0, 0.0))[0] <= self._term.index.clock()

    async def _go_on(self, each: UnsettledKey, seen: bool | None) -> None:
        """The switch follows the look at once: what was seen before this worker began may be
        gone."""
        key = each.key
        while key.state in WAITING:
            then = next_state(key, each.changed_at, self._term.index.clock(), bool(seen))
            if then is None or not await self._come_into(key, then):
                break
            key = key.model_copy(update={"state": then})
        if key.state in WAITING:
            self._later(key, LONGEST_SILENT if seen is None else LONGEST_PAUSE)
        else:
            self._due.pop(key.name, None)

    def _later(self, key: DkimKey, longest: float) -> None:
        _, pause = self._due.get(key.name, (0.0, FIRST_PAUSE))
        pause = min(pause, longest)
        self._due[key.name] = (self._term.index.clock() + pause, 2 * pause)

    async def _come_into(self, key: DkimKey, state: KeyState) -> bool:
        """Whether a key is in that state now: not where another process changed it meanwhile."""
        now = self._term.index.clock()

        def change(con: Connection) -> bool:
            if state is KeyState.ACTIVE:
                return domain_keys.switch_to(con, now, "worker", key)
            return domain_keys.come_into(con, now, "worker", key, state)

        return await self._term.write(change)
