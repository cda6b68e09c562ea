"""The text of ``policy.toml`` as a policy, or its faults: each names its key, its line and why."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from postroom.model.errors import InvalidRequest
from postroom.model.verdicts import Action, DraftFacts
from postroom.policy.conditions import Condition, ConditionInvalid
from postroom.policy.faults import (
    Fault,
    faults_of,
    in_condition,
    names_twice,
    rules_said,
    sentence,
)
from postroom.policy.inbound import InboundFacts
from postroom.policy.rates import Limits
from postroom.policy.reputation import Reputation, Threshold
from postroom.policy.rules import QUARANTINE, UNREADABLE, InboundRule, Policy, Rule
from postroom.policy.schema import (
    MAX_WHEN_CHARS,
    LimitsTable,
    PolicyTable,
    ReputationTable,
    RuleTable,
    ThresholdTable,
    WarmupTable,
)
from postroom.policy.toml_faults import in_toml
from postroom.policy.vocabularies import vocabulary
from postroom.policy.warmup import Warmup

MAX_BYTES = 1_000_000
"""Of a file: a policy is read by people."""


class PolicyInvalid(InvalidRequest):
    """A policy that means nothing; the message tells each fault."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        super().__init__(
            "policy_invalid", f"{name}: {sentence(faults)}.", "Correct it; `postroom policy check`."
        )
        self.faults = tuple(faults)


@lru_cache(1)
def builtin_text() -> str:
    """The rules that hold without a file, as a file would say them."""
    return files("postroom.policy").joinpath("builtin.toml").read_text(encoding="utf-8")


@lru_cache(1)
def builtin() -> Policy:
    """The policy that holds without a file."""
    table = PolicyTable.model_validate(tomllib.loads(builtin_text()))
    return Policy(
        version=_version(""),
        text="",
        default=Action(table.default),
        rules=tuple(
            _rule(rule, vocabulary(DraftFacts).compiled(rule.when), builtin=True)
            for rule in table.rules
        ),
        inbound=(),
        limits=_limits(table.limits, Limits()),
        contacts=frozenset(),
        zone=None,
        reputation=_reputation(table.reputation, Reputation()),
    )


def all_held() -> Policy:
    """What holds where the file means nothing and no earlier one is known: a person decides about
    what goes out, and what comes in is kept aside until there are rules to ask."""
    everything = InboundRule(
        UNREADABLE, "true", vocabulary(InboundFacts).compiled("true"), QUARANTINE
    )
    held = builtin()
    return Policy(
        version=_version("unreadable"),
        text="",
        default=Action.HOLD,
        rules=tuple(rule for rule in held.rules if rule.action is not Action.ALLOW),
        inbound=(everything,),
        limits=held.limits,
        contacts=frozenset(),
        zone=None,
        known=False,
        reputation=held.reputation,
        default_reason="The operator's policy.toml cannot be read: a person looks at every mail.",
    )


def policy_of(text: str, name: str = "policy.toml") -> Policy:
    """The policy that a file's text means.

    Raises:
        PolicyInvalid: it means nothing; every fault is told.
    """
    if len(text) > MAX_BYTES:
        raise PolicyInvalid(name, [Fault((), "is larger than a megabyte")])
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid(name, [in_toml(error, text)]) from None
    faults: list[Fault] = []
    try:
        table = PolicyTable.model_validate(said)
    except ValidationError as error:
        faults += faults_of(error, text)
    conditions, others = _conditions(said, text)
    faults += [*names_twice(said, text), *others]
    if faults:
        raise PolicyInvalid(name, sorted(faults, key=lambda fault: fault.line or 0))
    return _policy(table, text, conditions)


_FACTS: Mapping[str, type[BaseModel]] = {"rules": DraftFacts, "inbound": InboundFacts}
"""What the conditions of each list of rules are about."""


def _conditions(
    said: Mapping[str, Any], text: str
) -> tuple[dict[tuple[str, int], Condition], list[Fault]]:
    """The condition of each rule by its place, and what is wrong with others; whatever else may be
    wrong with a file, all its faults are told at once."""
    found: dict[tuple[str, int], Condition] = {}
    faults: list[Fault] = []
    for kind, facts in _FACTS.items():
        for number, rule in rules_said(said, kind):
            when = rule.get("when")
            when = when.strip() if isinstance(when, str) else ""
            if not 0 < len(when) <= MAX_WHEN_CHARS:
                continue  # the schema has that against it
            try:
                found[kind, number] = vocabulary(facts).compiled(when)
            except ConditionInvalid as error:
                path = (kind, number, "when")
                faults += [in_condition(fault, path, text) for fault in error.faults]
    return found, faults


def _policy(
    table: PolicyTable, text: str, conditions: Mapping[tuple[str, int], Condition]
) -> Policy:
    own = builtin()
    rules = [_rule(rule, conditions["rules", number]) for number, rule in enumerate(table.rules)]
    inbound = [
        InboundRule(rule.name, rule.when, conditions["inbound", number], rule.then, rule.reason)
        for number, rule in enumerate(table.inbound)
    ]
    return Policy(
        version=_version(text),
        text=text,
        default=Action(table.default),
        rules=(*rules, *(own.rules if table.builtin_rules else ())),
        inbound=tuple(inbound),
        limits=_limits(table.limits, own.limits if table.builtin_rules else Limits()),
        contacts=frozenset(table.contacts),
        zone=ZoneInfo(table.timezone) if table.timezone else None,
        warmup=_warmup(table.warmup),
        reputation=_reputation(
            table.reputation, own.reputation if table.builtin_rules else Reputation()
        ),
    )


def _rule(rule: RuleTable, condition: Condition, *, builtin: bool = False) -> Rule:
    return Rule(
        name=rule.name,
        when=rule.when,
        condition=condition,
        action=Action(rule.then) if rule.then else None,
        reason=rule.reason,
        marks=rule.mark,
        builtin=builtin,
    )


def _limits(table: LimitsTable, others: Limits) -> Limits:
    """What a file says, and of what it does not say, what holds otherwise."""
    return Limits(**{**vars(others), **_told(table)})


def _warmup(table: WarmupTable) -> Warmup:
    return Warmup(**{**_told(table), "domains": frozenset(table.domains)})


def _reputation(table: ReputationTable, others: Reputation) -> Reputation:
    """The same of thresholds; one that a file names is as it stands there."""
    told = {
        name: Threshold(**dict(value)) if isinstance(value, ThresholdTable) else value
        for name, value in _told(table).items()
    }
    return Reputation(**{**vars(others), **told})


def _told(table: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in dict(table).items() if value is not None}


def _version(text: str) -> str:
    """Of a file's text together with the rules of this program."""
    said = f"{text}\0{builtin_text()}"
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
