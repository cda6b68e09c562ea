"""What other rules would have done to what was filed: each send judged again by the facts of then.

The limits are counted anew as well, along the sends that these rules would have let go.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from postroom.desk.policies.past_drafts import facts_then
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

STEP = 200
"""Sends that are read at a time: their words are held in memory."""

MANY = 2**31
"""More than any mail counts for."""

MOST_SHOWN = 200
"""Changed sends that are listed."""


class _Past:
    """The mails that would have gone out so far, seen from one draft."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
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
        if met := sum(one.first_contact for one in draft.recipients):
            insort(self._times[self._key(Counted("first_contacts"))], (at, met))

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        times = self._times[self._key(of)]
        first, end = bisect_right(times, (after, MANY)), bisect_left(times, (before, 0))
        return min(sum(weight for _, weight in times[first:end]), most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        times = self._times[self._key(of)]
        return iter(times[bisect_right(times, (after, MANY)) :])

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


@dataclass
class _Tally:
    policy: Policy
    past: _Past = field(default_factory=_Past)
    judged: int = 0
    unknown: int = 0
    turned: Counter[str] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)

    def add(self, row: Row, facts: DraftFacts | None) -> None:
        """Judge one send again."""
        if facts is None:
            self.unknown += 1
            return
        self.judged += 1
        at = row["created_at"]
        then = Verdict.model_validate_json(row["verdict"])
        now = self._verdict(facts, at)
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

    def _verdict(self, facts: DraftFacts, at: float) -> Verdict:
        past, limits = self.past.beside(facts), self.policy.limits
        turn = turns.turn(past, at, limits, facts.recipients)
        found = pacing.paced(judge(facts, self.policy), turn, at, limits.horizon)
        if found.action is Action.ALLOW:
            past.add(turn.at if turn else at)
        return found


async def replay(index: Index, since: float, policy: Policy) -> Replay:
    """What ``policy`` would have made of every send from ``since`` on."""
    tally = _Tally(policy)
    after = await index.read(lambda con: replaying.before_first_since(con, since))
    while step := await index.read(partial(_some, after=after)):
        for row, facts in step:
            tally.add(row, facts)
        after = step[-1][0]["id"]
    return Replay(
        since=iso(since),
        judged=tally.judged,
        unknown=tally.unknown,
        same=tally.judged - sum(tally.turned.values()),
        turned=dict(tally.turned),
        changed=tuple(reversed(tally.changed[-MOST_SHOWN:])),
    )


def _some(con: Connection, after: int) -> list[tuple[Row, DraftFacts | None]]:
    return [(row, facts_then(con, row)) for row in replaying.some(con, after, STEP)]
