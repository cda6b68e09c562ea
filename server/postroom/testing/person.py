"""Who looks at held mail, and approves or denies it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from postroom.desk.desk import Desk
from postroom.model.callers import operator
from postroom.model.held_answers import Decision, HeldSend
from postroom.testing.agenda import Agenda
from postroom.testing.durations import AT_ONCE


async def approve(desk: Desk, send_id: str, note: str = "") -> Decision:
    """A person looks at a held mail and lets it go as it is."""
    shown = await desk.held.show(operator(), send_id)
    return await desk.held.approve(operator(), shown.send_id, shown.hash, note)


class Person:
    """The operator: decides now, or whenever something is held."""

    def __init__(self, desk: Desk, agenda: Agenda, settle: Callable[[], Awaitable[None]]) -> None:
        self._desk = desk
        self._agenda = agenda
        self._settle = settle
        self._habit: tuple[timedelta, Callable[[str], Awaitable[Decision]]] | None = None
        self._seen: set[str] = set()

    async def held(self) -> tuple[HeldSend, ...]:
        """What waits for a decision, oldest first."""
        return (await self._desk.held.list(operator())).sends

    async def approves(self, send_id: str | None = None, note: str = "") -> Decision:
        """Let a mail go, by default the one that is held; it is on its way when this returns.

        Raises:
            AssertionError: none is held, or several are and none is named.
        """
        return await self._now(await self._approve(send_id or await self._only_one(), note))

    async def denies(self, send_id: str | None = None, note: str = "") -> Decision:
        """Drop a mail, by default the one that is held. Raises as ``approves``."""
        return await self._now(await self._deny(send_id or await self._only_one(), note))

    def will_approve(self, after: timedelta = AT_ONCE, note: str = "") -> None:
        """From now on, each mail ``after`` it was held."""
        self._habit = after, partial(self._approve, note=note)

    def will_deny(self, after: timedelta = AT_ONCE, note: str = "") -> None:
        """From now on, each mail ``after`` it was held."""
        self._habit = after, partial(self._deny, note=note)

    def will_decide_nothing(self) -> None:
        """From now on, as at the beginning."""
        self._habit = None

    def look(self, held: tuple[str, ...]) -> None:
        """See what is held at this moment, and go by the habit."""
        new = [send_id for send_id in held if send_id not in self._seen]
        if self._habit is None:
            return
        self._seen.update(new)
        after, decide = self._habit
        for send_id in new:
            self._agenda.add(after, partial(self._decide, decide, send_id))

    async def _decide(self, decide: Callable[[str], Awaitable[Decision]], send_id: str) -> None:
        if any(each.send_id == send_id for each in await self.held()):
            await decide(send_id)

    async def _approve(self, send_id: str, note: str) -> Decision:
        return await approve(self._desk, send_id, note)

    async def _deny(self, send_id: str, note: str) -> Decision:
        return await self._desk.held.deny(operator(), send_id, note)

    async def _now(self, decision: Decision) -> Decision:
        await self._settle()
        return decision

    async def _only_one(self) -> str:
        held = await self.held()
        assert len(held) == 1, f"{len(held)} mails wait for a person: name one, of {held}"
        return held[0].send_id
