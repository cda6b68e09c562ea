"""What other rules would have done to what was filed: each send judged again by the facts of then.

The limits are counted anew as well, along the sends that these rules would have let go, and behind
those that really went out before: a mail that both hold counts from when a person let it go, and
one that was taken back counts nothing.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush

from postroom.desk.policies.past_drafts import (
    as_counted,
    asked_at,
    counts,
    facts_then,
    under,
    was_held,
    went_at,
)
from postroom.desk.sends import pacing
from postroom.desk.times import iso
from postroom.index import replaying
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.mailboxes import without_detail
from postroom.model.policy_answers import Changed, Replay
from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy import turns
from postroom.policy.rules import Policy, judge
from postroom.policy.turns import Counted
from postroom.policy.warmup import IDLE, Plan, numbered

STEP = 200
"""Sends that are read at a time: their words are held in memory."""

COUNTED = (
    "They are counted anew, along what these rules let go and a person did, behind what went out"
    " before."
)

MANY = 2**31
"""More than any mail counts for."""

MOST_SHOWN = 200
"""Changed sends that are listed."""


class _Past:
    """The mails that would have gone out so far, seen from one draft."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        self._outside: dict[str, list[tuple[float, int]]] = defaultdict(list)
        """By mailbox and by domain."""
        self._draft: DraftFacts

    def beside(self, draft: DraftFacts) -> "_Past":
        self._draft = draft
        return self

    def add(self, at: float) -> None:
        """The draft goes at that time."""
        draft = self._draft
        counted = {Counted("mailbox"), Counted("agent")}
        counted |= {Counted("recipient", one.address) for one in draft.recipients}
        counted |= {Counted("domain", one.domain) for one in draft.recipients}
        for key in set(map(self._key, counted)):
            insort(self._times[key], (at, 1))
        if outside := sum(not one.ours for one in draft.recipients):
            for whose in (draft.mailbox, draft.mailbox.rpartition("@")[2]):
                insort(self._outside[whose], (at, outside))
        if met := sum(one.first_contact for one in draft.recipients):
            insort(self._times[self._key(Counted("first_contacts"))], (at, met))

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        times = self._times[self._key(of)]
        first, end = bisect_right(times, (after, MANY)), bisect_left(times, (before, 0))
        return min(sum(weight for _, weight in times[first:end]), most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        times = self._times[self._key(of)]
        return iter(times[bisect_right(times, (after, MANY)) :])

    def outside(self, plan: Plan, first: float, end: float) -> int:
        times = self._outside[plan.whose]
        within = slice(bisect_left(times, (first, 0)), bisect_left(times, (end, 0)))
        return sum(many for _, many in times[within])

    def number(self, plan: Plan, begins: float) -> int:
        times = self._outside[plan.whose]

        def last_before(at: float) -> float | None:
            found = bisect_left(times, (at, 0))
            return times[found - 1][0] if found else None

        return numbered(last_before, begins, len(plan.volumes))

    def _key(self, of: Counted) -> tuple[str, str]:
        """Whose mails a limit counts."""
        draft = self._draft
        if of.limit == "mailbox":
            return of.limit, draft.mailbox
        if of.limit in ("recipient", "domain"):
            return f"{of.limit} of {draft.tenant}", without_detail(of.whom)
        return of.limit, self._agent()

    def _agent(self) -> str:
        return f"{self._draft.tenant}/{self._draft.agent}"


@dataclass(frozen=True)
class PastSend:
    """A send of the past."""

    row: Row
    facts: DraftFacts | None
    """None where nobody can say any more."""
    counted: DraftFacts
    """It as far as limits look at it."""


@dataclass(frozen=True, order=True)
class _Released:
    """A send that counts from ``since`` on, at ``at``."""

    since: float
    number: int
    draft: DraftFacts = field(compare=False)
    at: float = field(compare=False)


@dataclass
class _Tally:
    policy: Policy
    past: _Past = field(default_factory=_Past)
    waiting: list[_Released] = field(default_factory=list)
    """A heap of what a person let go, each until its time comes."""
    judged: int = 0
    unknown: int = 0
    turned: Counter[str] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)

    def remember(self, send: PastSend) -> None:
        """Count one send as it really went."""
        if counts(send.row):
            since = send.row["released_at" if was_held(send.row) else "created_at"]
            heappush(
                self.waiting, _Released(since, send.row["id"], send.counted, went_at(send.row))
            )

    def add(self, send: PastSend) -> None:
        """Judge one send again."""
        row, facts = send.row, send.facts
        if facts is None:
            self.unknown += 1
            self.remember(send)
            return
        self.judged += 1
        at = row["created_at"]
        self._let_go(at)
        then = Verdict.model_validate_json(row["verdict"])
        now = self._verdict(send, under(self.policy, then, facts, went_at(row)), then)
        if now.action is not then.action:
            self.turned[f"{then.action} → {now.action}"] += 1
            self.changed.append(
                Changed(
                    send_id=row["public_id"],
                    mailbox=row["address"],
                    at=iso(at),
                    was=f"{then.action} by {then.rule}",
                    now=f"{now.action} by {now.rule}",
                )
            )

    def _let_go(self, now: float) -> None:
        """Count what was let go until then."""
        while self.waiting and self.waiting[0].since <= now:
            one = heappop(self.waiting)
            self.past.beside(one.draft).add(one.at)

    def _verdict(self, send: PastSend, facts: DraftFacts, then: Verdict) -> Verdict:
        past, policy, at = self.past.beside(facts), self.policy, asked_at(send.row, then)
        plans = policy.plans(facts.mailbox)
        turn = turns.turn(past, at, policy.limits, facts.recipients, plans)
        found = pacing.paced(judge(facts, policy), turn, at)
        if found.action is then.action and not (found.action is Action.ALLOW and counts(send.row)):
            self.remember(send)
        elif found.action is Action.ALLOW:
            past.add(turn.at if turn else at)
        return found


async def replay(index: Index, since: float, policy: Policy) -> Replay:
    """What ``policy`` would have made of every send from ``since`` on."""
    tally = _Tally(policy)
    longest = max(
        max((rate.window for rate in policy.limits.rates()), default=0) + policy.limits.horizon,
        _days(policy) * IDLE,
    )
    first = await index.read(lambda con: replaying.before_first_since(con, since))
    after = await index.read(lambda con: replaying.before_first_since(con, since - longest))
    while step := await index.read(partial(_some, after=after)):
        for send in step:
            (tally.add if send.row["id"] > first else tally.remember)(send)
        after = step[-1].row["id"]
    return Replay(
        since=iso(since),
        judged=tally.judged,
        unknown=tally.unknown,
        same=tally.judged - sum(tally.turned.values()),
        turned=dict(tally.turned),
        changed=tuple(reversed(tally.changed[-MOST_SHOWN:])),
        limits=COUNTED,
    )


def _days(policy: Policy) -> int:
    """How many days of the past a plan may look at, each a while from the next."""
    longest = max(len(policy.warmup.domain), len(policy.warmup.mailbox))
    return longest + 1 if longest else 0


def _some(con: Connection, after: int) -> list[PastSend]:
    return [
        PastSend(row, facts_then(con, row), as_counted(con, row))
        for row in replaying.some(con, after, STEP)
    ]
