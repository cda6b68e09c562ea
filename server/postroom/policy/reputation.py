"""How a domain stands with those whom it writes to: how much of its mail comes back for good, and
how much of it people call unwanted. Receivers look at the same, and turn away all mail of a domain
that they think ill of; so sending pauses before they do.

A few reports say nothing of a domain, and one correspondent must not be able to stop it: a
threshold is crossed only where enough recipients were written to, and enough people are among those
who speak against it. Anybody to whom a mail went can report what he likes of all whom it went to;
so all that is reported of one mail may be one person's word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What speaks against a domain."""

    BOUNCES = "bounces"
    COMPLAINTS = "complaints"


@dataclass(frozen=True)
class Threshold:
    """Shares of the recipients; None for none."""

    warn: float | None = None
    pause: float | None = None


@dataclass(frozen=True)
class Reputation:
    """When a domain's sending pauses. Without thresholds it never does."""

    bounces: Threshold = Threshold()
    complaints: Threshold = Threshold()
    window: float = 7 * 86_400.0
    """Seconds that are looked at."""
    least: int = 100
    """Recipients outside below which no share says anything."""
    people: int = 3
    """How many different people at least must speak against it."""

    def of(self, cause: Cause) -> Threshold:
        return self.bounces if cause is Cause.BOUNCES else self.complaints


@dataclass(frozen=True)
class Against:
    """What speaks against a domain in one way."""

    recipients: int = 0
    people: int = 0
    """How many different ones at least have spoken: `fewest`."""


@dataclass(frozen=True)
class Tally:
    """What became of a domain's mail within the window."""

    recipients: int = 0
    """Outside, each counted once for each mail."""
    bounces: Against = Against()
    complaints: Against = Against()

    def of(self, cause: Cause) -> Against:
        return self.bounces if cause is Cause.BOUNCES else self.complaints

    def share(self, cause: Cause) -> float:
        return self.of(cause).recipients / self.recipients if self.recipients else 0.0


def crossed(tally: Tally, rules: Reputation) -> Cause | None:
    """By what a domain is to pause, complaints before bounces; None for nothing."""
    return _over(tally, rules, "pause")


def near(tally: Tally, rules: Reputation) -> Cause | None:
    """By what an operator is warned; None for nothing."""
    return _over(tally, rules, "warn")


def fewest(voices: Iterable[frozenset[str]]) -> int:
    """How many people at least have spoken, where each time it was one of some: as many as there
    are times that have nobody in common, the smallest first."""
    counted: set[str] = set()
    people = 0
    for each in sorted(voices, key=len):
        if each and counted.isdisjoint(each):
            counted |= each
            people += 1
    return people


def said(cause: Cause, recipients: int, against: int) -> str:
    """What speaks against a domain, in words."""
    share = f"{against / recipients:.2%}" if recipients else "none"
    if cause is Cause.COMPLAINTS:
        return f"{against} of {recipients} recipients call its mail unwanted ({share})"
    return f"mail to {against} of {recipients} recipients came back for good ({share})"


def _over(tally: Tally, rules: Reputation, step: str) -> Cause | None:
    for cause in (Cause.COMPLAINTS, Cause.BOUNCES):
        at: float | None = getattr(rules.of(cause), step)
        enough = tally.recipients >= rules.least and tally.of(cause).people >= rules.people
        if at is not None and enough and tally.share(cause) >= at:
            return cause
    return None
