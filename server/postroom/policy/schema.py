"""What ``policy.toml`` may say. Every value is checked; an unknown key is a fault."""

import re
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from postroom.model.domain_names import ascii_domain, plain_address
from postroom.policy.rates import MAX_COUNT, Rate, rate_of, span_of
from postroom.policy.warmup import EVERY

MAX_RULES = 200
"""Rules of a file: each costs some microseconds in the transaction that writes the outbox."""

MAX_WHEN_CHARS = 4_000
"""A condition, characters. What it costs to evaluate is bounded by CEL itself."""

MAX_CONTACTS = 10_000

MAX_PLAN_DAYS = 100
"""Of a warm-up: each may be a look into the index, in the transaction that writes the outbox."""

_CONTACT = re.compile(r"(?:[^@\s*]{1,64}|\*)@[^@\s*]{1,253}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def _named(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "is 1 to 64 of the letters a to z, digits, - and _, and begins with a letter or digit,"
            ' such as "out-of-hours"'
        )
    return value


def _contact(value: str) -> str:
    if not _CONTACT.fullmatch(value):
        raise ValueError(f'is neither an address nor *@domain: "{value[:100]}"')
    return plain_address(value)


Name = Annotated[str, AfterValidator(_named)]
Contact = Annotated[str, AfterValidator(_contact)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Condition = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WHEN_CHARS)
]
Mark = Literal["bulk"]
"""What a rule may say that a mail is. ``bulk``: it is for many, and says where to unsubscribe."""


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RuleTable(Table):
    """One rule. The first whose ``when`` is true and that has a ``then`` decides; ``mark`` alone
    marks the mail and decides nothing."""

    name: Name
    when: Condition
    then: Literal["allow", "hold", "deny"] | None = None
    reason: Sentence | Literal[""] = ""
    mark: tuple[Mark, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.then is None and not self.mark:
            raise ValueError('says nothing: add then = "allow", "hold" or "deny", or mark')
        if self.then in ("hold", "deny") and not self.reason:
            raise ValueError("has no reason: the agent reads it, and so does who approves")
        return self


class InboundTable(Table):
    """A rule about mail that comes in."""

    name: Name
    when: Condition
    then: Literal["take", "quarantine", "block", "refuse"]
    reason: Sentence | Literal[""] = ""
    """What the sender of a refused mail is told."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.then == "refuse" and not self.reason:
            raise ValueError("has no reason: the sender reads it in the bounce")
        return self


class LimitsTable(Table):
    """How much may go out, each as "200/hour" or several of them; [] is no limit."""

    mailbox: tuple[Rate, ...] | None = None
    agent: tuple[Rate, ...] | None = None
    recipient: tuple[Rate, ...] | None = None
    domain: tuple[Rate, ...] | None = None
    first_contacts: tuple[Rate, ...] | None = None
    """Of one agent: addresses that it never wrote to, and that never wrote to it."""
    horizon: float | None = None
    """How long a mail over a limit may wait for its turn, seconds; one that would wait longer is
    denied."""

    @field_validator("mailbox", "agent", "recipient", "domain", "first_contacts", mode="before")
    @classmethod
    def _rates(cls, value: object) -> object:
        asked = [value] if isinstance(value, str) else value
        if not isinstance(asked, (list, tuple)) or not all(isinstance(a, str) for a in asked):
            raise ValueError('is a list of rates such as ["200/hour", "1000/day"]')
        return tuple(rate_of(each) for each in asked)

    @field_validator("horizon", mode="before")
    @classmethod
    def _horizon(cls, value: object) -> object:
        if not isinstance(value, str):
            raise ValueError('is a time such as "1 hour" or "30 minutes"')
        return span_of(value)


def _span(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('is a time such as "7 days" or "12 hours"')
    return span_of(value)


def _rising(value: tuple[int, ...]) -> tuple[int, ...]:
    if any(later < earlier for earlier, later in pairwise(value)):
        raise ValueError("is a plan that falls: each day has as much as the one before it, or more")
    return value


def _domain(value: str) -> str:
    name = ascii_domain(value)
    if name != EVERY and not _DOMAIN.fullmatch(name):
        raise ValueError(f'is neither a domain nor "*" for all: "{value[:100]}"')
    return name


def _volume(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("is no number of recipients, such as 50")
    return value


Span = Annotated[float, BeforeValidator(_span)]
Volumes = Annotated[
    tuple[Annotated[int, BeforeValidator(_volume), Field(ge=1, le=MAX_COUNT)], ...],
    Field(max_length=MAX_PLAN_DAYS),
    AfterValidator(_rising),
]
Share = Annotated[float, Field(gt=0, le=1)]


class WarmupTable(Table):
    """How many recipients outside a new sender may write to, on its first day and each further one
    on which it does; [] is no plan."""

    domain: Volumes = ()
    mailbox: Volumes = ()
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...] = (EVERY,)
    """Of which domains; "*" for all."""
    horizon: Span | None = None
    """How long a mail over a plan may wait for its turn; one that would wait longer is denied."""


class ThresholdTable(Table):
    """Shares of the recipients; what is not named is none."""

    warn: Share | None = None
    pause: Share | None = None

    @model_validator(mode="after")
    def _warns_before(self) -> Self:
        if self.warn is not None and self.pause is not None and self.warn > self.pause:
            raise ValueError("warns later than it pauses")
        return self


class ReputationTable(Table):
    """When a domain's sending pauses; what is not named is as without a file."""

    bounces: ThresholdTable | None = None
    complaints: ThresholdTable | None = None
    window: Span | None = None
    least: int | None = Field(default=None, ge=1, le=MAX_COUNT)
    """Recipients outside within the window below which no share says anything."""
    people: int | None = Field(default=None, ge=1, le=MAX_COUNT)
    """How many different people at least must speak against it."""


class PolicyTable(Table):
    """The whole file."""

    default: Literal["allow", "hold", "deny"]
    """What becomes of a draft that no rule decides."""
    builtin_rules: bool = True
    """The rules that hold without a file stand behind the file's own, too."""
    timezone: str = ""
    """The operator's zone such as "Europe/Berlin"; empty for the machine's."""
    contacts: tuple[Contact, ...] = Field(default=(), max_length=MAX_CONTACTS)
    """Addresses (or ``*@example.com``) that the operator names: provenance ``operator``."""
    rules: tuple[RuleTable, ...] = Field(default=(), max_length=MAX_RULES)
    inbound: tuple[InboundTable, ...] = Field(default=(), max_length=MAX_RULES)
    limits: LimitsTable = LimitsTable()
    warmup: WarmupTable = WarmupTable()
    reputation: ReputationTable = ReputationTable()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            if value:
                ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError('is no time zone that is known, such as "Europe/Berlin"') from None
        return value
