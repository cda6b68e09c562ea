"""The keys of domains of one's own, from state to state: looked for, switched to, let go.

All of it stands in the index, a transaction a step, so another worker goes on wherever one died.
"""

from collections.abc import Awaitable, Callable

from postroom.index import domain_keys
from postroom.index.database import Connection
from postroom.index.domain_keys import UnsettledKey
from postroom.index.index import wait_for_any, wait_for_event
from postroom.model.domains import DkimKey, KeyState
from postroom.signing.rotation import RETIRE_SECONDS, WAITING, next_state
from postroom.work.term import Term

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
"""Seconds between two looks for a key, doubled each time."""

REST_SECONDS = 1.0
"""Between two looks into the index: any commit wakes us."""

SLEEP_SECONDS = 600.0
"""While no key waits to be found."""

Look = Callable[[DkimKey], Awaitable[bool]]
"""Whether everybody finds a key's record."""


class KeySteps:
    """Takes each key a step further when its time has come."""

    def __init__(self, term: Term, look: Look) -> None:
        self._term = term
        self._look = look
        self._due: dict[str, tuple[float, float]] = {}
        """When to look for a key again, by its record's name, and the pause after that."""

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            changed, jumped = self._term.index.next_change(), self._term.index.next_jump()
            pause = await self.round()
            await wait_for_any(changed, jumped, timeout=pause)
            await wait_for_event(jumped, REST_SECONDS)

    async def round(self) -> float:
        """Take the steps that are due; seconds until the next look. Raises Unavailable once the
        term is over."""
        unsettled = await self._term.index.read(domain_keys.unsettled)
        for each in unsettled:
            if each.key.state is KeyState.RETIRING:
                await self._retire(each)
            elif self._due.get(each.key.name, (0.0, 0.0))[0] <= self._term.index.clock():
                await self._look_for(each)
        names = {each.key.name for each in unsettled}
        self._due = {name: due for name, due in self._due.items() if name in names}
        return self._pause(unsettled)

    def _pause(self, unsettled: list[UnsettledKey]) -> float:
        now = self._term.index.clock()
        ends = [
            each.changed_at + RETIRE_SECONDS
            for each in unsettled
            if each.key.state is KeyState.RETIRING
        ]
        due = [at for at, _ in self._due.values()] + ends
        return min(max(min(due, default=now + SLEEP_SECONDS) - now, 0.0), SLEEP_SECONDS)

    async def _retire(self, each: UnsettledKey) -> None:
        if next_state(each.key, each.changed_at, self._term.index.clock(), False) is not None:
            await self._come_into(each.key, KeyState.RETIRED)

    async def _look_for(self, each: UnsettledKey) -> None:
        """Let a key sign that everybody finds. The switch follows the look at once: what was seen
        before this worker began may be gone."""
        seen, key = await self._look(each.key), each.key
        while key.state in WAITING:
            then = next_state(key, each.changed_at, self._term.index.clock(), seen)
            if then is None or not await self._come_into(key, then):
                break
            key = key.model_copy(update={"state": then})
        if key.state in WAITING:
            self._later(key)
        else:
            self._due.pop(key.name, None)

    def _later(self, key: DkimKey) -> None:
        _, pause = self._due.get(key.name, (0.0, FIRST_PAUSE))
        at = self._term.index.clock() + pause
        self._due[key.name] = (at, min(2 * pause, LONGEST_PAUSE))

    async def _come_into(self, key: DkimKey, state: KeyState) -> bool:
        """Whether a key is in that state now: not where another process changed it meanwhile."""
        now = self._term.index.clock()

        def change(con: Connection) -> bool:
            if state is KeyState.ACTIVE:
                return domain_keys.switch_to(con, now, "worker", key)
            return domain_keys.come_into(con, now, "worker", key, state)

        return await self._term.write(change)
