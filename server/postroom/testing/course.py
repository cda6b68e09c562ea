"""The course of time: from one thing that is due to the next, and what follows in between.

    settle      everything that is due has happened, and every agent that runs waits
    advance     settle, jump to what is due next, settle … until the time is over
    run         the same until an agent has come to its end; the ends of its waits count as due

The clock stands still while anybody works: however slow a machine or a model is, a reply that comes
after an hour comes after an hour.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from postroom.build import PostRoom
from postroom.index.index import wait_for_event
from postroom.testing.agenda import Agenda
from postroom.testing.clock import JumpClock
from postroom.testing.faults import NobodyThere, StillAtIt, Stuck
from postroom.testing.neighbours import Neighbours
from postroom.testing.person import Person
from postroom.testing.post_office import PostOffice
from postroom.testing.standing import Standing, Store, look

T = TypeVar("T")

GRACE_SECONDS = 0.01
"""By the machine's clock: how long nothing may happen until a test that runs its agent itself, or
elsewhere, counts as waiting."""

LOOK_SECONDS = 0.002
"""Between two looks at what tells nobody that it is done."""

runs = ContextVar("runs", default=False)
"""Whether whoever asks is an agent that is being run."""


class Course:
    """Moves the clock of one room."""

    def __init__(
        self,
        room: PostRoom,
        clock: JumpClock,
        agenda: Agenda,
        neighbours: Neighbours,
        patience: float,
    ) -> None:
        """``patience``: how long the machine's clock may go on while nothing comes to an end,
        seconds."""
        self._room = room
        self._clock = clock
        self._agenda = agenda
        self._neighbours = neighbours
        self._patience = patience
        self._store = Store(room.settings.mailstore_file)
        self._running: Counter[str] = Counter()
        """By agent, how many of its tasks run."""
        self._asleep: dict[asyncio.Event, tuple[str, float]] = {}
        """Who sleeps, and until when."""
        self._moving = asyncio.Lock()
        self._told: set[str] = set()
        """Addresses of nobody that a test was told of."""
        self.office: PostOffice
        self.person: Person

    async def settle(self) -> None:
        """Let everything happen that is due at this moment, and what follows from it at once.

        Raises:
            NobodyThere: mail went to an address that nobody has.
            Stuck: something neither waits nor ends.
        """
        if runs.get():
            return  # an agent that is run asks: whoever runs it settles, once it waits
        async with self._moving:
            await self._settle()

    async def advance(self, span: timedelta, stride: timedelta) -> None:
        """Let time pass, with everything that happens in it: with the ends of waits as ``run``.
        Raises as ``settle``.

        Raises:
            RuntimeError: an agent that is run asks: it sleeps instead.
        """
        if runs.get():
            raise RuntimeError("whoever runs this agent moves the clock: let it sleep instead")
        end = self._clock() + span.total_seconds()
        async with self._moving:
            while True:
                due = self._next(await self._settle(), stride.total_seconds())
                if due is None or due >= end:
                    break
                self._jump(due)
            self._jump(end)
            await self._settle()

    async def run(
        self, who: str, work: Coroutine[Any, Any, T], limit: timedelta, stride: timedelta
    ) -> T:
        """What ``work`` of an agent returns. Time jumps to what is due next, or to the end of a
        wait, whenever all agents that run only wait; for the end of waits at least by ``stride``.

        Raises:
            StillAtIt: it had not ended within ``limit`` of simulated time.
        """
        end = self._clock() + limit.total_seconds()
        async with self.running(who, work) as task:
            while not task.done():
                async with self._moving:
                    await self._go_on(task, end, stride.total_seconds())
            return task.result()

    @contextlib.asynccontextmanager
    async def running(
        self, who: str, work: Coroutine[Any, Any, T]
    ) -> AsyncIterator[asyncio.Task[T]]:
        """Meanwhile ``work`` of an agent goes on; time does not move while it does anything but
        wait. What it raises is raised at the end, where it is cancelled if it has none."""
        token = runs.set(True)
        try:
            task = asyncio.create_task(work, name=f"running {who}")
        finally:
            runs.reset(token)
        self._running[who] += 1
        task.add_done_callback(lambda _: self._running.subtract([who]))
        try:
            yield task
        finally:
            is_over = task.done()
            task.cancel()
            await asyncio.wait({task})
        if is_over:
            task.result()

    async def sleep(self, who: str, span: timedelta) -> None:
        """Return when so much simulated time has passed."""
        until, over = self._clock() + span.total_seconds(), asyncio.Event()
        self._asleep[over] = who, until
        try:
            await over.wait()
        finally:
            del self._asleep[over]

    async def close(self) -> None:
        await self.office.close()
        self._store.close()

    async def _go_on(self, task: "asyncio.Task[Any]", end: float, stride: float) -> None:
        """Jump once, where the agent has not ended by then."""
        stands = await self._settle(task)
        if task.done():
            return
        due = self._next(stands, stride)
        if due is None or due > end:
            raise StillAtIt(
                f"{task.get_name()}: not at its end in its simulated time"
                + (", and nothing is due any more" if due is None else "")
            )
        self._jump(due)

    async def _settle(self, task: "asyncio.Task[Any] | None" = None) -> Standing:
        """How it stands once nothing happens any more, or ``task`` has ended."""
        began, calm_since = time.monotonic(), 0.0
        while True:
            changed = self._room.index.next_change()
            now = self._clock()
            # A write that changes nothing: it comes after all that were under way, and whoever
            # waits for those has been woken when it returns.
            stands = await self._room.index.write(partial(look, store=self._store, now=now))
            self._tell_of_nobody()
            if task is not None and task.done():
                return stands
            if stands.is_busy or not self._all_wait():
                calm_since = 0.0
                self._be_patient(began, stands)
                await wait_for_event(changed, LOOK_SECONDS)
                continue
            calm_since = calm_since or time.monotonic()
            if self._watches_nobody() and time.monotonic() - calm_since < GRACE_SECONDS:
                await wait_for_event(changed, LOOK_SECONDS)
            elif await self.office.fetch(stands.tops) or await self._act(stands):
                began, calm_since = time.monotonic(), 0.0
            else:
                return stands

    async def _act(self, stands: Standing) -> bool:
        """Whether something outside of the room happened just now."""
        self.person.look(stands.held)
        act = self._agenda.take()
        if act is not None:
            await act()
        return act is not None

    def _next(self, stands: Standing, stride: float) -> float | None:
        """Where to jump to next."""
        times = (self._due(stands), self._first_end(stride))
        return min((time for time in times if time is not None), default=None)

    def _due(self, stands: Standing) -> float | None:
        """When something is due next, but for waits."""
        naps = [until for _, until in self._asleep.values()]
        times = [stands.next_due, self._agenda.next_due, *naps]
        return min((time for time in times if time is not None), default=None)

    def _first_end(self, stride: float) -> float | None:
        """When the first of all waits is over, or where a ``stride`` leads that is longer."""
        ends = [end for each in self._room.desk.waiting.asleep().values() for end in each]
        return max(min(ends), self._clock() + stride) if ends else None

    def _jump(self, to: float) -> None:
        self._clock.jump(max(to - self._clock(), 0.0))
        for over, (_, until) in self._asleep.items():
            if until <= self._clock():
                over.set()
        self._room.index.time_jumped()

    def _all_wait(self) -> bool:
        """Whether each task of an agent that runs is in a wait, or sleeps."""
        waits = Counter({who: len(e) for who, e in self._room.desk.waiting.asleep().items()})
        waits.update(who for over, (who, _) in self._asleep.items() if not over.is_set())
        return all(waits[who] >= number for who, number in self._running.items())

    def _watches_nobody(self) -> bool:
        """Whether no agent is run here: what a test does by itself is seen by its traces alone."""
        return not any(self._running.values())

    def _be_patient(self, began: float, stands: Standing) -> None:
        if time.monotonic() - began < self._patience:
            return
        busy = [who for who, number in self._running.items() if number]
        raise Stuck(
            f"Nothing came to an end for {self._patience:.0f} s by the machine's clock. "
            + (
                "The room has work that it does not get done."
                if stands.is_busy
                else f"{', '.join(busy)} neither waits for mail nor sleeps by the room's clock."
            )
        )

    def _tell_of_nobody(self) -> None:
        new = [each for each in self._neighbours.unknown if each not in self._told]
        self._told.update(new)
        if new:
            raise NobodyThere(
                f"Mail went to {', '.join(new)}, and no correspondent of this test has that"
                " address: make one by post_room.correspondent(address), or say that there is"
                " nobody by post_room.nobody(address)."
            )
