"""What the checks of domains found; and that somebody wants another one."""

import asyncio
import contextlib
from collections.abc import Callable

from postroom.accounts.own_domain import OwnDomain
from postroom.desk import door
from postroom.desk.domains.domains import named
from postroom.desk.domains.unknown import not_added
from postroom.desk.times import iso, iso_if_any
from postroom.dns.checking.checking import Facts
from postroom.dns.records.remarks import BEFORE, next_stage
from postroom.dns.records.wanted import stage
from postroom.index import domain_checks, domains
from postroom.index.database import Connection
from postroom.index.domain_checks import Kept
from postroom.index.index import Index, wait_for_event
from postroom.model.callers import Caller
from postroom.model.domain_answers import DmarcPlanView
from postroom.model.domain_check_answers import (
    AskedServerView,
    DomainCheck,
    FindingView,
)
from postroom.model.domain_checks import AskedServer, DomainFindings, Finding, worst
from postroom.model.domains import DkimKey, RecordState
from postroom.settings import Settings
from postroom.signing.opening import OpenedKeys
from postroom.signing.samples import samples
from postroom.signing.secret import SealingSecret

MAX_WAIT_SECONDS = 20.0
"""For a check that was asked for: most take a second or two."""


class DomainChecks:
    """The operator's desk for checks."""

    def __init__(self, index: Index, settings: Settings, idle: Callable[[], str]) -> None:
        self._index = index
        self._settings = settings
        self._idle = idle

    async def facts(self, caller: Caller, name: str) -> Facts:
        """What is known here of a domain, for whoever checks it; NotFound: it was not added."""
        door.for_operators(caller)
        domain = named(name)

        def look(con: Connection) -> tuple[DkimKey, ...]:
            _require(con, domain)
            return tuple(domains.keys(con, domain))

        keys = await self._index.read(look)
        operator = self._settings.operator
        opened = OpenedKeys(SealingSecret.of(self._settings))
        return Facts(
            domain,
            self._settings.own_domains.get(domain, OwnDomain()),
            keys,
            operator.provider_of(domain),
            await samples(self._index, opened, domain),
        )

    async def ask(self, caller: Caller, name: str) -> None:
        """Let the worker check a domain anew, soon. Raises as ``facts``."""
        door.for_operators(caller)
        await self._ask(named(name), self._index.clock())

    async def last(self, caller: Caller, name: str) -> DomainCheck:
        """What the last check found; NotFound where the domain was not added."""
        door.for_operators(caller)
        domain = named(name)
        return await self._index.read(lambda con: self._view(con, domain))

    async def again(
        self, caller: Caller, name: str, wait_seconds: float = MAX_WAIT_SECONDS
    ) -> DomainCheck:
        """Have a domain checked anew, and what that found; what was found before, where it takes
        longer than ``wait_seconds``."""
        door.for_operators(caller)
        domain, asked_at = named(name), self._index.clock()
        await self._ask(domain, asked_at)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if self._idle() else max(wait_seconds, 0.0)):
                await self._checked(domain, asked_at)
        return await self._index.read(lambda con: self._view(con, domain))

    async def states(self, caller: Caller) -> dict[str, RecordState]:
        """By domain, the worst of what was found; ``unknown`` where nothing was yet."""
        door.for_operators(caller)

        def look(con: Connection) -> dict[str, RecordState]:
            found = domain_checks.states(con)
            return {
                each["name"]: worst(map(RecordState, found[each["name"]]))
                if each["name"] in found
                else RecordState.UNKNOWN
                for each in domains.every(con)
            }

        return await self._index.read(look)

    async def _ask(self, domain: str, now: float) -> None:
        def write(con: Connection) -> None:
            _require(con, domain)
            domain_checks.ask(con, now, domain)

        await self._index.write(write)

    async def _checked(self, domain: str, after: float) -> None:
        while True:
            changed = self._index.next_change()
            at = await self._index.read(lambda con: domain_checks.checked_at(con, domain))
            if at >= after:
                return
            await wait_for_event(changed, MAX_WAIT_SECONDS)

    def _view(self, con: Connection, domain: str) -> DomainCheck:
        _require(con, domain)
        due = next(each for each in domain_checks.every(con) if each.domain == domain)
        kept = domain_checks.findings(con, domain)
        waits = due.asked_at > due.checked_at
        return DomainCheck(
            domain=domain,
            state=worst(each.finding.state for each in kept) if kept else RecordState.UNKNOWN,
            checked_at=iso(due.checked_at) if due.checked_at else None,
            under_way=waits or None,
            findings=tuple(_kept(each) for each in kept),
            asked=_asked(domain_checks.asked(con, domain)),
            dmarc=_plan(self._settings.own_domains.get(domain, OwnDomain()), kept),
            next_step=_next_step(domain, bool(kept), waits, self._idle()),
        )


def of_findings(found: DomainFindings) -> DomainCheck:
    """What a check found that was just made."""
    return DomainCheck(
        domain=found.domain,
        state=found.state,
        checked_at=iso(found.at),
        findings=tuple(view(each) for each in found.findings),
        asked=_asked(found.asked),
    )


def view(found: Finding, since: float | None = None) -> FindingView:
    """One finding."""
    return FindingView(
        subject=found.subject,
        what=found.what,
        state=found.state,
        there=found.there or None,
        wanted=found.wanted or None,
        says=found.says or None,
        next_step=found.next_step or None,
        until=iso_if_any(found.until),
        since=iso_if_any(since),
    )


def _kept(kept: Kept) -> FindingView:
    return view(kept.finding, kept.since)


def _plan(own: OwnDomain, kept: list[Kept]) -> DmarcPlanView:
    there = [
        value
        for each in kept
        if each.finding.what.startswith("_dmarc.")
        for value in each.finding.there
    ]
    now, then = stage(own, next(iter(there), "")), next_stage(own, next(iter(there), ""))
    return DmarcPlanView(stage=now, next=then, before=BEFORE[now] if then else None)


def _asked(servers: tuple[AskedServer, ...]) -> tuple[AskedServerView, ...] | None:
    return tuple(AskedServerView(**each.model_dump()) for each in servers) or None


def _next_step(domain: str, is_known: bool, waits: bool, idle: str) -> str | None:
    if (waits or not is_known) and idle:
        return idle
    if waits:
        return "A check is under way: look again in a moment."
    return None if is_known else f"It was not checked yet: `postroom domains check {domain}`."


def _require(con: Connection, domain: str) -> None:
    if not domains.is_here(con, domain):
        raise not_added(domain)
