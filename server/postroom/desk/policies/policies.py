"""What an operator asks about policy: what holds, why a mail goes or not, and what other rules
would have done."""

import asyncio

from postroom.desk import door
from postroom.desk.policies.checking import checked
from postroom.desk.policies.past_drafts import facts_then, under, went_at
from postroom.desk.policies.replaying import replay
from postroom.desk.sends import outbox, pacing
from postroom.desk.sends.sending import Sending
from postroom.index import replaying
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.agent_names import OPERATORS_TENANT
from postroom.model.answers import Check
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, InvalidRequest, NotFound
from postroom.model.policy_answers import (
    Explanation,
    PolicyCheck,
    PolicyView,
    Replay,
    RuleAsked,
    RuleView,
)
from postroom.model.requests import SendRequest
from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy.reputation import Cause, Threshold
from postroom.policy.rules import Policy, explained, judge
from postroom.policy_file import CurrentPolicy

MARKS = "mark"

AS_THEN = "They are as they were counted when it was filed."

NOT_COUNTED = "They are not counted again for one send: `postroom policy replay` does that for all."


class Policies:
    """The operator's desk for policy."""

    def __init__(self, index: Index, current: CurrentPolicy, sending: Sending) -> None:
        self._index = index
        self._current = current
        self._sending = sending

    async def show(self, caller: Caller) -> PolicyView:
        """What holds now."""
        door.for_operators(caller)
        policy = await self._current.now()
        return PolicyView(
            source=self._source(policy),
            version=policy.version,
            fault=self._current.fault or None,
            default=policy.default,
            rules=tuple(
                RuleView(
                    name=rule.name,
                    when=rule.when,
                    then=rule.action or MARKS,
                    reason=rule.reason or None,
                    mark=rule.marks or None,
                    builtin=rule.builtin,
                )
                for rule in policy.rules
            ),
            limits={
                name: tuple(map(str, rates))
                for name, rates in vars(policy.limits).items()
                if isinstance(rates, tuple)
            },
            horizon_seconds=policy.limits.horizon,
            warmup=_plans(policy),
            warmup_domains=tuple(sorted(policy.warmup.domains)) if _plans(policy) else (),
            reputation={str(cause): _shares(policy.reputation.of(cause)) for cause in Cause},
            inbound=tuple(
                RuleView(name=rule.name, when=rule.when, then=rule.then) for rule in policy.inbound
            ),
            contacts=len(policy.contacts),
            timezone=str(policy.zone or "the machine's"),
        )

    async def explain_send(
        self, caller: Caller, send_id: str, other: Policy | None = None
    ) -> Explanation:
        """What the rules say of a send by the facts of then: those that hold, or ``other``.

        Raises:
            NotFound: there is no such send. Conflict: its facts or its words are gone.
        """
        door.for_operators(caller)
        row = await self._index.read(lambda con: replaying.one(con, send_id.strip()))
        if row is None:
            raise NotFound(
                "send_not_found",
                "There is no such send.",
                "`postroom sends list` tells what has not gone yet.",
            )
        facts = await self._index.read(lambda con: facts_then(con, row))
        if facts is None:
            raise Conflict(
                "facts_unknown",
                "Nobody can say any more: its words have gone, or it was filed before facts were"
                " kept.",
                "Explain a draft like it.",
            )
        then = Verdict.model_validate_json(row["verdict"])
        policy = other or await self._current.now()
        facts = under(policy, then, facts, went_at(row))
        # The same rules say the same of the same facts; what is stored knows the limits, too.
        verdict = then if then.policy == policy.version else judge(facts, policy)
        return _explanation(facts, verdict, policy).model_copy(
            update={
                "then": f"{then.action} by {then.rule}",
                "reason_then": then.reason or None,
                "policy_then": then.policy,
                "waits_for": row["reason"] if row["paused"] else None,
                "limits": AS_THEN if verdict is then else NOT_COUNTED,
            }
        )

    async def explain_draft(
        self, caller: Caller, request: SendRequest, other: Policy | None = None
    ) -> Explanation:
        """What would become of a mail if the agent of its mailbox sent it now. Raises as
        `Sending.send`."""
        door.for_operators(caller)
        agent = await self._index.read(lambda con: _agent(con, caller, request))
        composed, facts = await self._sending.would_be(agent, request, other)
        policy = composed.policy
        now = self._index.clock()
        turn, why = await self._index.read(
            lambda con: (
                pacing.turn(con, now, policy, composed.box, facts.recipients),
                outbox.pause(con, composed.box, facts),
            )
        )
        verdict = pacing.paced(judge(facts, policy), turn, now)
        told = _explanation(facts, verdict, policy)
        waits = why is not None and verdict.action is Action.ALLOW
        return told.model_copy(update={"waits_for": why.tells}) if why and waits else told

    async def check_text(self, caller: Caller, text: str) -> PolicyCheck:
        """Whether rules mean something, should they be put in the place of those that hold."""
        door.for_operators(caller)
        return await asyncio.to_thread(checked, text, "policy")

    async def replay(self, caller: Caller, since: float, other: Policy | None = None) -> Replay:
        """What the rules that hold, or ``other``, would have made of what was filed from ``since``
        on, seconds since 1970."""
        door.for_operators(caller)
        return await replay(self._index, since, other or await self._current.now())

    async def check(self) -> Check:
        """What `postroom doctor` says of it."""
        policy = await self._current.now()
        if self._current.fault:
            then = "" if policy.known else " `postroom quarantine list` tells what was kept aside."
            return Check(
                name="policy",
                ok=False,
                says=self._current.fault,
                next_step=f"Correct the file: `postroom policy check`.{then}",
            )
        own = sum(not rule.builtin for rule in policy.rules) + len(policy.inbound)
        rules = f"{own} rule{'' if own == 1 else 's'} of {self._current.file}"
        says = f"{rules}, version {policy.version}"
        if not policy.text:
            says = f"the builtin rules: there is no {self._current.file}"
        return Check(name="policy", ok=True, says=says)

    def _source(self, policy: Policy) -> str:
        if not policy.known:
            return "none"
        return str(self._current.file) if policy.text else "builtin"


def _plans(policy: Policy) -> dict[str, tuple[int, ...]]:
    found = {"domain": policy.warmup.domain, "mailbox": policy.warmup.mailbox}
    return {whose: volumes for whose, volumes in found.items() if volumes}


def _shares(threshold: Threshold) -> dict[str, float]:
    return {step: share for step, share in vars(threshold).items() if share is not None}


def _agent(con: Connection, caller: Caller, request: SendRequest) -> Caller:
    """The agent whose mailbox a draft is from; the operator where it is the post room's own."""
    if request.thread_id is not None:
        box = door.thread(con, caller, request.thread_id)[1]
    elif request.mailbox is not None:
        box = door.mailbox(con, caller, request.mailbox)
    else:
        raise InvalidRequest(
            "mailbox_missing",
            "Name the mailbox, or a thread.",
            "list_mailboxes tells which there are.",
        )
    if box.tenant == OPERATORS_TENANT:
        return caller
    return Caller(agent=box.agent, tenant=box.tenant)


def _explanation(facts: DraftFacts, verdict: Verdict, policy: Policy) -> Explanation:
    told = facts.model_dump(mode="json")
    told["draft"]["text"] = f"({len(facts.draft.text)} characters)"
    return Explanation(
        action=verdict.action,
        rule=verdict.rule,
        reason=verdict.reason or None,
        marks=verdict.marks,
        rules=tuple(
            RuleAsked(
                name=asked.rule.name,
                when=asked.rule.when,
                then=asked.rule.action or MARKS,
                mark=asked.rule.marks or None,
                matched=asked.matched,
                decided=asked.decided,
                behind=asked.behind,
                failed=asked.failed or None,
            )
            for asked in explained(facts, policy)
        ),
        facts=told,
        version=policy.version,
    )
