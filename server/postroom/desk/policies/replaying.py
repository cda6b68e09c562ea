"""What other rules would have done to what was filed: each send judged again by the facts of then.

The limits are counted anew as well, along the sends that these rules would have let go.
"""

from bisect import insort
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
from postroom.model.policy_answers import Changed, Replay
from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy import turns
from postroom.policy.rules import Policy, judge

STEP = 200
"""Sends that are read at a time: their words are held in memory."""

MOST_SHOWN = 200
"""Changed sends that are listed."""


class _Past:
    """The mails that would have gone out so far, seen from one draft."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._met: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self._draft: DraftFacts

    def beside(self, draft: DraftFacts) -> "_Past":
        self._draft = draft
        return self

    def add(self, at: float) -> None:
        """The draft goes at that time."""
        draft = self._draft
        keys = {("mailbox", draft.mailbox), ("agent", self._agent())}
        keys |= {self._in_tenant("address", one.address) for one in draft.recipients}
        keys |= {self._in_tenant("domain", one.domain) for one in draft.recipients}
        for key in keys:
            insort(self._times[key], at)
        if met := sum(one.first_contact for one in draft.recipients):
            insort(self._met[self._agent()], (at, met))

    def of_mailbox(self, nth: int, since: float) -> float | None:
        return self._nth(("mailbox", self._draft.mailbox), nth, since)

    def of_agent(self, nth: int, since: float) -> float | None:
        return self._nth(("agent", self._agent()), nth, since)

    def to_address(self, address: str, nth: int, since: float) -> float | None:
        return self._nth(self._in_tenant("address", address), nth, since)

    def to_domain(self, domain: str, nth: int, since: float) -> float | None:
        return self._nth(self._in_tenant("domain", domain), nth, since)

    def first_contacts(self, since: float) -> Iterator[tuple[float, int]]:
        return (one for one in reversed(self._met[self._agent()]) if one[0] > since)

    def _agent(self) -> str:
        return f"{self._draft.tenant}/{self._draft.agent}"

    def _in_tenant(self, what: str, which: str) -> tuple[str, str]:
        return f"{what} of {self._draft.tenant}", which

    def _nth(self, key: tuple[str, str], nth: int, since: float) -> float | None:
        times = self._times[key]
        found = times[-nth] if len(times) >= nth else None
        return found if found is not None and found > since else None


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
