"""How a domain stands with those whom it writes to: shown, and let go on by a person."""

from collections.abc import Iterator, Sequence

from postroom.desk import door
from postroom.desk.domains.unknown import not_added
from postroom.desk.times import iso
from postroom.index import domains, mailboxes, reputation
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.index.reputation import Pause
from postroom.model.answers import Check
from postroom.model.callers import Caller
from postroom.model.domain_names import ascii_domain
from postroom.model.errors import Conflict
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.model.reputation_answers import (
    DomainReputation,
    LossView,
    ReputationList,
    Resumed,
    WarmupDay,
)
from postroom.policy import warmup
from postroom.policy.reputation import Cause, Reputation, Tally, near, said
from postroom.policy.rules import Policy
from postroom.policy.warmup import PlanDay
from postroom.policy_file import CurrentPolicy
from postroom.settings import Settings

MOST_MAILBOXES = 100
"""Of a domain, shown."""

RESUME = "`postroom domains resume {domain}` lets it go on, once what is wrong is mended."

NO_MAIL = "nothing went outside"


class ReputationDesk:
    """The operator's desk for how domains stand."""

    def __init__(self, index: Index, settings: Settings, policy: CurrentPolicy) -> None:
        self._index = index
        self._settings = settings
        self._policy = policy

    async def list(self, caller: Caller) -> ReputationList:
        """Every domain of one's own, and each from which mail goes outside."""
        door.for_operators(caller)
        policy = await self._policy.now()

        def look(con: Connection) -> ReputationList:
            names = self._names(con, policy.reputation)
            return ReputationList(domains=tuple(self._view(con, policy, each) for each in names))

        return await self._index.read(look)

    async def show(self, caller: Caller, domain: str) -> DomainReputation:
        """One of them.

        Raises:
            NotFound: no mailbox is in it, and it is none of one's own.
        """
        door.for_operators(caller)
        policy, name = await self._policy.now(), ascii_domain(domain.strip())

        def look(con: Connection) -> DomainReputation:
            self._require(con, name)
            return self._view(con, policy, name)

        return await self._index.read(look)

    async def resume(self, caller: Caller, domain: str) -> Resumed:
        """Let a paused domain's mail go again; what went before says nothing any more.

        Raises:
            NotFound: there is no such domain. Conflict: it is not paused.
        """
        door.for_operators(caller)
        name = ascii_domain(domain.strip())

        def change(con: Connection) -> Resumed:
            self._require(con, name)
            went = reputation.resume(con, self._index.clock(), name, door.actor(caller))
            if went is None:
                raise Conflict(
                    "domain_not_paused",
                    f"Sending from {name} is not paused.",
                    f"`postroom domains reputation {name}` tells how it stands.",
                )
            return Resumed(domain=name, sends=went)

        return await self._index.write(change)

    async def checks(self) -> Sequence[Check]:
        """What `postroom doctor` says: a line for each domain of which there is anything to say."""
        policy = await self._policy.now()

        def look(con: Connection) -> Sequence[Check]:
            tallies = reputation.tallies(con, self._index.clock(), policy.reputation)
            names = tallies.keys() - self._settings.operator.builtin_domains
            paused = {name for name, why in reputation.standings(con).items() if why}
            views = [self._view(con, policy, name) for name in sorted({*names, *paused})]
            return [
                Check(name="reputation", ok=False, says=view.says, next_step=view.next_step)
                for view in views
                if view.state != "well"
            ]

        return await self._index.read(look)

    def _names(self, con: Connection, rules: Reputation) -> Sequence[str]:
        since = self._index.clock() - rules.window
        own = {row["name"] for row in domains.every(con)}
        sending = reputation.sending_domains(con, since)
        return sorted({*own, *self._settings.own_domains, *sending, *reputation.standings(con)})

    def _require(self, con: Connection, name: str) -> None:
        known = {*self._settings.operator.served, *self._settings.own_domains}
        if name in known or name in reputation.standings(con) or domains.is_here(con, name):
            return
        raise not_added(name, "domain_not_found")

    def _view(self, con: Connection, policy: Policy, name: str) -> DomainReputation:
        now, rules = self._index.clock(), policy.reputation
        tally = reputation.tallies(con, now, rules, name)[name]
        pause, cause = reputation.paused(con, name), near(tally, rules)
        waiting = reputation.kept(con, name) if pause else None
        today, boxes = plan_days(con, now, policy, name)
        return DomainReputation(
            domain=name,
            state="paused" if pause else "warn" if cause else "well",
            says=_says(name, tally, pause, cause),
            paused_at=iso(pause.at) if pause else None,
            waiting=waiting,
            since=iso(max(now - rules.window, reputation.counted_from(con, name))),
            recipients=tally.recipients,
            least=rules.least,
            people=rules.people,
            bounces=_loss(tally, rules, Cause.BOUNCES),
            complaints=_loss(tally, rules, Cause.COMPLAINTS),
            warmup=today,
            mailboxes=boxes or None,
            next_step=_next_step(name, pause, cause),
        )


def plan_days(
    con: Connection, now: float, policy: Policy, name: str
) -> tuple[WarmupDay | None, tuple[WarmupDay, ...]]:
    """Where a domain and its mailboxes are in their plans; only those whose plan is not over."""
    boxes = [box for box in mailboxes.every(con) if _is_of(box, name)]
    of_domain = next(_days(con, now, policy, f"@{name}", 0, warmup.BY_DOMAIN), None)
    found = [
        day
        for box in boxes
        for day in _days(con, now, policy, box.address, box.id, warmup.BY_MAILBOX)
    ]
    found.sort(key=lambda day: (-day.used / day.most, day.whose))
    return of_domain, tuple(found[:MOST_MAILBOXES])


def _is_of(box: Mailbox, name: str) -> bool:
    return box.status is MailboxStatus.LIVE and box.address.rpartition("@")[2] == name


def _days(
    con: Connection, now: float, policy: Policy, address: str, box_id: int, limit: str
) -> Iterator[WarmupDay]:
    """Today of the plan of one kind, where it is not over."""
    history = reputation.Outside(con, box_id)
    for plan in policy.warmup.plans(address):
        day = warmup.day_of(history, plan, now, policy.zone) if plan.limit == limit else None
        if day is not None:
            yield _today(day)


def _today(day: PlanDay) -> WarmupDay:
    return WarmupDay(
        whose=day.plan.whose,
        day=day.number,
        days=len(day.plan.volumes),
        most=day.most,
        used=day.used,
        left=day.left,
        until=iso(day.ends),
    )


def _loss(tally: Tally, rules: Reputation, cause: Cause) -> LossView:
    against, threshold = tally.of(cause), rules.of(cause)
    return LossView(
        recipients=against.recipients,
        people=against.people,
        share=round(tally.share(cause), 5),
        warn=threshold.warn,
        pause=threshold.pause,
    )


def _says(name: str, tally: Tally, pause: Pause | None, cause: Cause | None) -> str:
    if pause is not None:
        return f"sending from {name} to people outside is paused since {iso(pause.at)}: {pause.why}"
    if cause is not None:
        return f"{name}: {said(cause, tally.recipients, tally.of(cause).recipients)}"
    if not tally.recipients:
        return f"{name}: {NO_MAIL}"
    bounces, complaints = tally.share(Cause.BOUNCES), tally.share(Cause.COMPLAINTS)
    return (
        f"{name}: {tally.recipients} recipients outside, {bounces:.2%} came back,"
        f" {complaints:.2%} called it unwanted"
    )


def _next_step(name: str, pause: Pause | None, cause: Cause | None) -> str | None:
    if pause is not None:
        return RESUME.format(domain=name)
    if cause is None:
        return None
    if cause is Cause.COMPLAINTS:
        return "See whom agents write to who did not ask for it, before sending pauses."
    return "See where agents have their addresses from, before sending pauses."
