"""A policy and the facts of a draft in, a verdict out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy import suppressed
from postroom.policy.conditions import Condition, EvaluationFailed
from postroom.policy.rates import Limits
from postroom.policy.vocabularies import vocabulary

DEFAULT = "default"
"""The rule's name where none matched."""

QUARANTINE = "quarantine"


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
    """``take``, ``quarantine`` or ``block``."""


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


def judge(facts: DraftFacts, policy: Policy) -> Verdict:
    """What becomes of a draft: the first rule that matches decides, and every path to the outbox
    asks here. A rule that cannot be evaluated holds the draft: nobody knows what it would say.
    What is for a suppressed address is denied before any rule."""
    if _suppressed(facts):
        return Verdict(
            action=Action.DENY,
            rule=suppressed.RULE,
            reason=suppressed.REASON,
            policy=policy.version,
            facts=facts.without_words(),
        )
    marks: list[str] = []
    for asked in _until_decided(facts, policy):
        marks += asked.rule.marks if asked.matched else ()
        if asked.decided:
            return _verdict(asked, marks, facts, policy)
    return Verdict(
        action=policy.default,
        rule=DEFAULT,
        reason="" if policy.default is Action.ALLOW else policy.default_reason,
        marks=tuple(dict.fromkeys(marks)),
        policy=policy.version,
        facts=facts.without_words(),
    )


def explained(facts: DraftFacts, policy: Policy) -> tuple[Asked, ...]:
    """Each rule up to the one that decides, and what it said."""
    return () if _suppressed(facts) else tuple(_until_decided(facts, policy))


def _suppressed(facts: DraftFacts) -> bool:
    return any(one.suppressed for one in facts.recipients)


def _until_decided(facts: DraftFacts, policy: Policy) -> Iterator[Asked]:
    told = None
    for rule in policy.rules:
        try:
            told = told or vocabulary(DraftFacts).facts(facts)
            matched = rule.condition.holds(told)
        except EvaluationFailed as error:
            yield Asked(rule, matched=False, failed=str(error), decided=True)
            return
        decided = matched and rule.action is not None
        yield Asked(rule, matched, decided=decided)
        if decided:
            return


def _verdict(asked: Asked, marks: list[str], facts: DraftFacts, policy: Policy) -> Verdict:
    failed = f"The operator's rule {asked.rule.name} cannot be evaluated: a person looks at it."
    action = Action.HOLD if asked.failed else asked.rule.action
    assert action is not None
    return Verdict(
        action=action,
        rule=asked.rule.name,
        reason=failed if asked.failed else "" if action is Action.ALLOW else asked.rule.reason,
        marks=tuple(dict.fromkeys(marks)),
        policy=policy.version,
        facts=facts.without_words(),
    )
