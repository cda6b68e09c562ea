"""Domains of one's own, checked once an hour by themselves, and soon after a change.

    every two seconds   which are due? ── none, or no domain at all: a read of a handful of rows
    due                 never checked; an hour over; asked for; other keys or settings
    checked             a few at a time, beside everything else: a name server that hangs holds up
                        nobody but its own domain, and is asked less often
    asked for           in places of their own: a person waits for that

Where nothing changes an hour is stretched or shortened by chance, so that rooms which were started
together do not ask together.
"""

import asyncio
import hashlib
import logging
import random
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import Preset
from postroom.index import domain_checks, domains
from postroom.index.domain_checks import AGAIN_SECONDS, Due, Kept
from postroom.index.index import wait_for_any, wait_for_event
from postroom.model.domain_checks import DomainFindings, Finding, Subject
from postroom.model.domains import DkimKey, RecordState
from postroom.work.term import Term

if TYPE_CHECKING:
    from postroom.dns.checking.checking import Checker

log = logging.getLogger("postroom.work")

ROUND_SECONDS = 2.0
"""Between two looks for what is due: somebody who asks waits for that."""

EVERY_SECONDS = 3600.0
"""As long as a record is kept by default: nobody sees a change much sooner."""

SPREAD = 0.1
"""Of these times, to either side."""

LONGEST_SECONDS = 6 * EVERY_SECONDS
"""Between two checks of a domain of which nobody answers: twice as long each time."""

MAX_AT_ONCE, MAX_ASKED_FOR = 3, 3
"""Domains that are checked at a time by themselves, and as somebody asked for it."""

BROKEN_OFF = Finding(
    subject=Subject.ZONE,
    what="name servers",
    state=RecordState.UNKNOWN,
    says="The check failed by a fault of this program; its log says where.",
    next_step="Please report it with that line.",
)

Samples = Callable[[str], Awaitable[dict[str, bytes]]]
"""A domain → by selector, a mail that was signed with that key alone."""


class DomainWatch:
    """Has domains checked, and writes down what was found. ``checker`` makes what checks them, once
    there is any: a room without domains need not load it. ``own`` is what is said of domains at the
    moment, and ``provider_of`` the known provider whose account a domain's mail is in."""

    def __init__(
        self,
        term: Term,
        own: Mapping[str, OwnDomain],
        provider_of: Callable[[str], Preset | None],
        checker: "Callable[[], Checker]",
        samples: Samples,
    ) -> None:
        self._term = term
        self._said = own
        self._provider_of = provider_of
        self._checker = checker
        self._samples = samples
        self._chance = random.Random()
        self._next: dict[str, float] = {}
        """When a domain is due again, where nothing changes."""
        self._silent: dict[str, int] = {}
        """How often in a row nobody answered for a domain."""
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._asked_turns = asyncio.Semaphore(MAX_ASKED_FOR)
        self._begun: set[str] = set()
        """What has its turn just now."""

    async def run(self) -> None:
        """Go on until cancelled."""
        under_way: dict[str, asyncio.Task[None]] = {}
        index = self._term.index
        try:
            while True:
                jumped, changed = index.next_jump(), index.next_change()
                await self._raise_failures(under_way)
                for each in await self._due():
                    self._start(each, under_way)
                if not self._next:  # no domain: nothing is looked for until somebody writes
                    await wait_for_any(jumped, changed, timeout=EVERY_SECONDS)
                await wait_for_event(jumped, ROUND_SECONDS)
        finally:
            for task in under_way.values():
                task.cancel()
            await asyncio.gather(*under_way.values(), return_exceptions=True)

    def _start(self, due: Due, under_way: dict[str, asyncio.Task[None]]) -> None:
        """Let a domain be checked. One that waits for its turn, and is asked for now, waits no
        longer."""
        name, asked_for = due.domain, _is_asked_for(due)
        waiting = under_way.get(name)
        if waiting is not None:
            if not asked_for or name in self._begun or waiting.get_name() == _named(name, True):
                return
            waiting.cancel()
        under_way[name] = asyncio.create_task(
            self.check(name, asked_for), name=_named(name, asked_for)
        )

    async def due(self) -> list[str]:
        """The domains that are to be checked now."""
        return [each.domain for each in await self._due()]

    async def _due(self) -> list[Due]:
        """The same, with when they were asked for: last those for which nobody answered."""
        now = self._term.index.clock()
        every = await self._term.index.read(domain_checks.every)
        if not every and not self._next:
            return []
        if lost := set(self._next) - {each.domain for each in every}:
            await self._term.write(domain_checks.forget_lost)
            for name in lost:
                del self._next[name]
                self._silent.pop(name, None)
        keys = await self._term.index.read(
            lambda con: {each.domain: domains.keys(con, each.domain) for each in every}
        )
        found = [each for each in every if self._is_due(each, keys[each.domain], now)]
        return sorted(found, key=lambda each: self._silent.get(each.domain, 0))

    async def check(self, domain: str, asked_for: bool = False) -> None:
        """Check a domain, and write down what was found."""
        async with self._asked_turns if asked_for else self._turns:
            self._begun.add(domain)
            try:
                await self._check(domain)
            finally:
                self._begun.discard(domain)

    async def _check(self, domain: str) -> None:
        keys = await self._term.index.read(lambda con: domains.keys(con, domain))
        digest = self._digest(domain, keys)
        found = await self._found(domain, keys)
        await self._term.write(lambda con: domain_checks.keep(con, found, digest))
        fresh = await self._term.index.read(lambda con: domain_checks.findings(con, domain))
        silences = self._silences(found)
        pause = min(EVERY_SECONDS * 2.0 ** min(max(silences - 1, 0), 10), LONGEST_SECONDS)
        self._next[domain] = self._then(found.at, fresh if silences < 2 else [], pause)

    def _silences(self, found: DomainFindings) -> int:
        """How many times in a row nobody has answered by now."""
        if any(each.answered for each in found.asked) or (found.complete and not found.asked):
            self._silent.pop(found.domain, None)
            return 0
        self._silent[found.domain] = self._silent.get(found.domain, 0) + 1
        return self._silent[found.domain]

    async def _found(self, domain: str, keys: list[DkimKey]) -> DomainFindings:
        """What a check finds. What somebody's name server says must not end the worker, whose other
        work is mail: a fault of ours there is logged, and told as a check that was broken off."""
        from postroom.dns.checking.checking import Facts

        at = self._term.index.clock()
        try:
            provider = self._provider_of(domain)
            signed = await self._samples(domain)
            facts = Facts(domain, self._own(domain), tuple(keys), provider, signed)
            return await self._checker().check(facts)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "A domain could not be checked: %s at %s:%s",
                type(error).__name__,
                where.filename,
                where.lineno,
            )
            return DomainFindings(domain=domain, at=at, findings=(BROKEN_OFF,), complete=False)

    def _is_due(self, each: Due, keys: list[DkimKey], now: float) -> bool:
        if _is_asked_for(each) or each.facts != self._digest(each.domain, keys):
            return True
        if each.domain not in self._next:
            # The worker has just begun: what was checked a moment ago need not be at once.
            self._next[each.domain] = each.checked_at + self._spread(EVERY_SECONDS)
        # A clock that was put back must not put it off for ever.
        return not each.checked_at <= now < self._next[each.domain]

    def _then(self, at: float, found: list[Kept], pause: float) -> float:
        """When a domain that was checked at ``at`` is due again, if nothing changes: after a pause,
        and where a thing failed for the first time, as soon as a second look tells of it."""
        doubted = [each.failing_since for each in found if each.is_doubted]
        if not doubted:
            return at + self._spread(pause)
        told = min(doubted) + AGAIN_SECONDS
        later = self._chance.uniform(0, SPREAD * AGAIN_SECONDS)
        return (told if told > at else at + AGAIN_SECONDS) + later

    def _spread(self, seconds: float) -> float:
        return seconds * self._chance.uniform(1 - SPREAD, 1 + SPREAD)

    def _own(self, domain: str) -> OwnDomain:
        return self._said.get(domain, OwnDomain())

    def _digest(self, domain: str, keys: list[DkimKey]) -> str:
        said = "\n".join(
            [self._own(domain).model_dump_json(), *(k.model_dump_json() for k in keys)]
        )
        return hashlib.sha256(said.encode()).hexdigest()

    async def _raise_failures(self, under_way: dict[str, asyncio.Task[None]]) -> None:
        """Let go what is done; what failed is a fault of ours, and ends the worker as that of any
        other does."""
        for domain, task in list(under_way.items()):
            if task.done():
                del under_way[domain]
                await task


def _is_asked_for(due: Due) -> bool:
    return due.asked_at > due.checked_at


def _named(domain: str, asked_for: bool) -> str:
    return f"check {domain}, asked for" if asked_for else f"check {domain}"
