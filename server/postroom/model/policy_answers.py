"""What the desk answers about policy; for operators."""

from typing import Any

from pydantic import ConfigDict

from postroom.model.answers import Answer


class Told(Answer):
    """Built when it is first told: every start pays for what is built with the import."""

    model_config = ConfigDict(defer_build=True)


class RuleView(Told):
    """One rule as it holds."""

    name: str
    when: str
    then: str
    """``allow``, ``hold``, ``deny``, or ``mark`` for one that decides nothing."""
    reason: str | None = None
    mark: tuple[str, ...] | None = None
    builtin: bool = False
    """It holds without a file."""


class PolicyView(Told):
    """The policy that holds now."""

    source: str
    """The file, ``builtin``, or ``none`` where no rules are known and everything waits."""
    version: str
    fault: str | None = None
    """Why the file as it stands does not hold, and what does in its place, which is shown."""
    default: str
    rules: tuple[RuleView, ...]
    limits: dict[str, tuple[str, ...]]
    """What may go out, such as ``{"mailbox": ["200 an hour"]}``."""
    horizon_seconds: float
    warmup: dict[str, tuple[int, ...]]
    """Recipients outside by the day, such as ``{"domain": [50, 100]}``; without plans it is
    empty."""
    warmup_domains: tuple[str, ...] = ()
    """Whose mail the plans are for; ``*`` for all."""
    reputation: dict[str, dict[str, float]]
    """Shares at which an operator is told, and sending pauses, such as
    ``{"bounces": {"warn": 0.02, "pause": 0.05}}``."""
    inbound: tuple[RuleView, ...]
    contacts: int
    timezone: str


class PolicyFault(Told):
    line: int | None = None
    key: str
    what: str


class PolicyCheck(Told):
    """Whether a file means something."""

    ok: bool
    file: str
    rules: int = 0
    faults: tuple[PolicyFault, ...] = ()


class RuleAsked(Told):
    """What one rule says of a draft."""

    name: str
    when: str
    then: str
    """As in `RuleView`."""
    mark: tuple[str, ...] | None = None
    matched: bool
    decided: bool = False
    behind: bool = False
    """It stands behind the one that decides: all that counts of it is what it marks."""
    failed: str | None = None


class Explanation(Told):
    """What becomes of a draft, and why."""

    action: str
    rule: str
    reason: str | None = None
    marks: tuple[str, ...] = ()
    rules: tuple[RuleAsked, ...]
    """All of them, in order."""
    limits: str | None = None
    """What this says of the limits, where it is of a send."""
    waits_for: str | None = None
    """Why it waits though it is allowed: its domain's sending is paused."""
    facts: dict[str, Any]
    then: str | None = None
    """Of a send: what was decided when it was filed, or changed by a person, and by which rule."""
    reason_then: str | None = None
    version: str
    policy_then: str | None = None


class Changed(Told):
    """A send that other rules would have treated otherwise."""

    send_id: str
    mailbox: str
    at: str
    was: str
    """``allow``, ``hold`` or ``deny``, and by which rule."""
    now: str


class Replay(Told):
    """What rules would have done to what was filed."""

    since: str
    judged: int
    unknown: int
    """Filed before facts were kept, or its words have gone: nobody can say."""
    same: int
    turned: dict[str, int]
    """How many went from what to what, such as ``{"allow → hold": 3}``."""
    changed: tuple[Changed, ...]
    """The newest of them."""
    limits: str
    """What this says of the limits."""


class QuarantinedMail(Told):
    """A mail that a rule keeps from its mailbox."""

    id: str
    mailbox: str
    arrived_at: str
    from_address: str
    untrusted_from_name: str | None = None
    untrusted_subject: str
    sender_verdict: str
    rule: str
    blocked: bool | None = None
    """Its bytes were not kept: it cannot be let go."""


class QuarantineList(Told):
    mails: tuple[QuarantinedMail, ...]
    more: bool | None = None
    """Older ones are kept aside as well."""
    next_cursor: str | None = None


class Released(Told):
    """A mail that is in its mailbox now."""

    id: str
    mailbox: str
    message_id: str
