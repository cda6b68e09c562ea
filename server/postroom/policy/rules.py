"""A policy and the facts of a draft in, a verdict out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy import suppressed
from postroom.policy.conditions import Condition, EvaluationFailed
from postroom.policy.rates import Limits
from postroom.policy.reputation import Reputation
from postroom.policy.turns import Plans
from postroom.policy.vocabularies import vocabulary
from postroom.policy.warmup import Warmup

DEFAULT = "default"
"""The rule's name where none matched."""

LIMITS = "limits."
"""What it begins with where a limit denied it."""

ASKED_BY_AGENT = "asked-by-agent"
"""The same where an agent asked that a person looks first, and no rule says more."""

ASKED = "The agent asked that a person looks at it first."

QUARANTINE = "quarantine"
REFUSE = "refuse"

UNREADABLE = "policy.unreadable"
"""The name of the one rule about mail that comes in while no rules are known; none of a file's can
bear it."""


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be asked."""

    name: str
    when: str
    condition: Condition
    action: Action | None
    """None for one that only marks."""
    reason: str
    marks: tuple[str, ...] = ()
    builtin: bool = False


@dataclass(frozen=True)
class InboundRule:
    """One rule about mail that comes in."""

    name: str
    when: str
    condition: Condition
    then: str
    """``take``, ``quarantine``, ``block`` or ``refuse``."""
    reason: str = ""
    """What a sender is told whose mail is refused."""


@dataclass(frozen=True)
class Policy:
    """All that an operator set about mail; what is said of one that is not known stands in
    `reading.all_held`."""

    version: str
    """A digest of everything it says: two of one version decide alike."""
    text: str
    """``policy.toml`` as it stands; "" where there is none."""
    default: Action
    rules: tuple[Rule, ...]
    inbound: tuple[InboundRule, ...]
    limits: Limits
    contacts: frozenset[str]
    """Addresses, and ``*@domain``, in lower case."""
    zone: tzinfo | None
    """The operator's; None for the machine's."""
    default_reason: str = "No rule of the operator's allows it."
    known: bool = True
    """False for what holds in the place of rules that nobody can read."""
    warmup: Warmup = field(default_factory=Warmup)
    reputation: Reputation = field(default_factory=Reputation)

    def plans(self, address: str) -> Plans | None:
        """The plans that mail from an address is held to; None for none."""
        found = self.warmup.plans(address)
        return Plans(self.warmup, found, self.zone) if found else None

    def names(self, address: str) -> bool:
        """Whether the operator names an address (lower case) as a contact."""
        return address in self.contacts or f"*@{address.rpartition('@')[2]}" in self.contacts


@dataclass(frozen=True)
class Asked:
    """What one rule said of a draft."""

    rule: Rule
    matched: bool
    failed: str = ""
    """Why it could not be evaluated."""
    decided: bool = False
    behind: bool = False
    """It stands behind the one that decides: all that counts of it is what it marks."""


def judge(facts: DraftFacts, policy: Policy) -> Verdict:
    """What becomes of a draft, and every path to the outbox asks here.

    What is for a suppressed address is denied before any rule. The first rule that matches decides;
    one that cannot be evaluated holds the draft, as nobody knows what it would say. Every rule that
    matches marks, wherever it stands. What is allowed is held where the agent asked for a person.
    """
    if _suppressed(facts):
        return _verdict(facts, policy, Action.DENY, suppressed.RULE, suppressed.REASON)
    asked = tuple(_asked(facts, policy, every=False))
    marks = tuple(dict.fromkeys(mark for one in asked if one.matched for mark in one.rule.marks))
    return _verdict(facts, policy, *_decision(facts, policy, asked), marks)


def explained(facts: DraftFacts, policy: Policy) -> tuple[Asked, ...]:
    """Each rule, and what it says, also behind the one that decides."""
    return tuple(_asked(facts, policy, every=True))


def _suppressed(facts: DraftFacts) -> bool:
    return any(one.suppressed for one in facts.recipients)


def _asked(facts: DraftFacts, policy: Policy, *, every: bool) -> Iterator[Asked]:
    """The rules up to the one that decides, and of those behind it ``every`` one, or those that
    mark."""
    told, behind = None, _suppressed(facts)
    for rule in policy.rules:
        if behind and not (every or rule.marks):
            continue
        matched, failed = False, ""
        try:
            told = told or vocabulary(DraftFacts).facts(facts)
            matched = rule.condition.holds(told)
        except EvaluationFailed as error:
            failed = str(error)
        decides = bool(failed) or (matched and rule.action is not None)
        yield Asked(rule, matched, failed, decides and not behind, behind)
        behind = behind or decides


def _decision(
    facts: DraftFacts, policy: Policy, asked: tuple[Asked, ...]
) -> tuple[Action, str, str]:
    """What is done, by which rule, and why."""
    action, rule, reason = policy.default, DEFAULT, policy.default_reason
    decided = next((one for one in asked if one.decided), None)
    if decided is not None and not decided.failed:
        assert decided.rule.action is not None
        action, rule, reason = decided.rule.action, decided.rule.name, decided.rule.reason
    unknown = next((one for one in asked if one.failed), None)
    if unknown is not None and (unknown.decided or action is Action.ALLOW):
        why = f"The operator's rule {unknown.rule.name} cannot be evaluated: a person looks at it."
        return Action.HOLD, unknown.rule.name, why
    if action is not Action.ALLOW:
        return action, rule, reason
    if facts.draft.asked_by_agent:
        return Action.HOLD, ASKED_BY_AGENT, ASKED
    return action, rule, ""


def _verdict(
    facts: DraftFacts,
    policy: Policy,
    action: Action,
    rule: str,
    reason: str,
    marks: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        action=action,
        rule=rule,
        reason=reason,
        marks=marks,
        policy=policy.version,
        facts=facts.without_words(),
    )
