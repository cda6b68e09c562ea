"""What the checks of domains of one's own found, and what of it is news."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from postroom.index import domains, journal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.domain_checks import BAD, AskedServer, DomainFindings, Finding, Subject
from postroom.model.domains import RecordState
from postroom.model.events import EventType

sql = named("domain_checks")

TWICE = 2
"""How often in a row a thing is to be found wrong until that is told: a packet may be lost, and a
server be started anew."""

AGAIN_SECONDS = 300.0
"""Between the two looks at least: what asks for checks in between makes no outage longer."""

LATE_SECONDS = 600.0
"""Behind the time when a resolver should have forgotten: it asks when somebody asks it."""

TOO_LATE = "What it kept should be forgotten by now."

ASK = "See what that resolver does: it may have an answer of its own."


@dataclass(frozen=True)
class Kept:
    """A finding, and what went before it."""

    finding: Finding
    since: float
    failures: int = 0
    """How often it was found wrong or missing, one time after another."""
    failing_since: float = 0.0
    """When it was for the first time of these."""
    was_right: bool = False
    broken: bool = False

    @property
    def is_doubted(self) -> bool:
        """Whether a second look is to tell that it broke."""
        return self.failures > 0 and self.was_right and not self.broken


@dataclass(frozen=True)
class Due:
    """A domain, and when it was looked at."""

    domain: str
    asked_at: float
    checked_at: float
    facts: str


def every(con: Connection) -> list[Due]:
    """All domains, by name."""
    return [Due(**dict(row)) for row in sql.every(con)]


def ask(con: Connection, now: float, domain: str) -> None:
    """Somebody wants a domain checked anew."""
    sql.ask(con, domain=domain, now=now)


def checked_at(con: Connection, domain: str) -> float:
    """When a domain was checked last; 0 where it never was."""
    row = sql.one(con, domain=domain)
    return float(row["checked_at"]) if row is not None else 0.0


def asked(con: Connection, domain: str) -> tuple[AskedServer, ...]:
    """Which servers were asked then."""
    row = sql.one(con, domain=domain)
    return tuple(AskedServer(**each) for each in json.loads(row["asked"])) if row else ()


def findings(con: Connection, domain: str) -> list[Kept]:
    """What was found of a domain, in the order of the report."""
    return [_kept(row) for row in sql.findings(con, domain=domain)]


def states(con: Connection) -> dict[str, dict[str, int]]:
    """By domain, how many things are in which state."""
    found: dict[str, dict[str, int]] = {}
    for row in sql.states(con):
        found.setdefault(row["domain"], {})[row["state"]] = row["many"]
    return found


def broken(con: Connection) -> list[tuple[str, Kept]]:
    """What was told to be broken, and is, with its domain."""
    return [(row["domain"], _kept(row)) for row in sql.broken(con)]


def keep(con: Connection, found: DomainFindings, facts: str) -> None:
    """Write down what was found of a domain, and tell of what broke and what was mended. Nothing
    where the domain was removed meanwhile."""
    if not domains.is_here(con, found.domain):
        return
    before = {
        (each.finding.subject, each.finding.what): each for each in findings(con, found.domain)
    }
    now = [*_left(before.values(), found)]
    now += [
        _after(before.get((each.subject, each.what)), each, found.at) for each in found.findings
    ]
    _tell(con, found, before.values(), now)
    sql.forget(con, domain=found.domain)
    for place, each in enumerate(now):
        _keep(con, found.domain, place, each)
    asked = json.dumps([each.model_dump() for each in found.asked])
    sql.checked(con, domain=found.domain, now=found.at, facts=facts, asked=asked)


def forget_lost(con: Connection) -> None:
    """Let go what was found of domains that were removed."""
    sql.forget_lost(con)
    sql.forget_lost_checks(con)


def _left(before: Iterable[Kept], found: DomainFindings) -> Iterable[Kept]:
    """What this check did not come to: all of it where it was broken off; what is broken, where of
    its subject something could not be known."""
    looked_at = {(each.subject, each.what) for each in found.findings}
    unknown = {each.subject for each in found.findings if each.state is RecordState.UNKNOWN}
    for each in before:
        about = each.finding.subject
        if (about, each.finding.what) not in looked_at and (
            not found.complete or (each.broken and about in unknown)
        ):
            yield each


def _after(before: Kept | None, finding: Finding, at: float) -> Kept:
    """What is known of a thing after one more look. That nobody answered, or not everybody sees it
    yet, is neither a failure nor the end of one."""
    old = before or Kept(finding, at)
    finding = _in_time(old.finding, finding, at)
    since = old.since if old.finding.state is finding.state else at
    failures = old.failures
    if finding.state in BAD:
        failures += 1
    elif finding.state in (RecordState.RIGHT, RecordState.NOT_ASKED):
        failures = 0
    # A clock that was put back makes it fail from now on.
    failing_since = min(old.failing_since, at) if old.failures else at
    was_right = old.was_right or finding.state is RecordState.RIGHT
    seen_twice = failures >= TWICE and at >= failing_since + AGAIN_SECONDS
    is_news = finding.state in BAD and seen_twice
    broken = failures > 0 and was_right and (old.broken or is_news)
    return Kept(finding, since, failures, failing_since, was_right, broken)


def _in_time(old: Finding, new: Finding, at: float) -> Finding:
    """What is on its way, with the time that was told first: a resolver that goes on to say another
    thing behind it does not keep what was there, it is wrong."""
    if new.state is not RecordState.PROPAGATING or old.wanted != new.wanted or old.until is None:
        return new
    new = new.model_copy(update={"until": old.until})
    if at <= old.until + LATE_SECONDS:
        return new
    update = {"state": RecordState.WRONG, "says": f"{new.says} {TOO_LATE}", "next_step": ASK}
    return new.model_copy(update=update)


def _tell(
    con: Connection, found: DomainFindings, before: Iterable[Kept], now: Iterable[Kept]
) -> None:
    """One event for each subject that broke, and for each of which nothing is broken any more."""
    were, are = _broken(before), _broken(now)
    for subject in Subject:
        if subject in are and subject not in were:
            _append(con, EventType.DOMAIN_BROKEN, found, subject, are[subject])
        elif subject in were and subject not in are:
            _append(con, EventType.DOMAIN_MENDED, found, subject, RecordState.RIGHT)


def _broken(all: Iterable[Kept]) -> dict[Subject, RecordState]:
    return {each.finding.subject: each.finding.state for each in all if each.broken}


def _append(
    con: Connection, type: EventType, found: DomainFindings, subject: Subject, state: RecordState
) -> None:
    detail = f"{found.domain} {subject} {state}"
    journal.append(con, found.at, type, "worker", detail=detail)


def _keep(con: Connection, domain: str, place: int, each: Kept) -> None:
    sql.keep(
        con,
        domain=domain,
        place=place,
        subject=each.finding.subject,
        what=each.finding.what,
        state=each.finding.state,
        since=each.since,
        failures=each.failures,
        failing_since=each.failing_since,
        was_right=each.was_right,
        broken=each.broken,
        found=each.finding.model_dump_json(),
    )


def _kept(row: Row) -> Kept:
    return Kept(
        Finding.model_validate_json(row["found"]),
        row["since"],
        row["failures"],
        row["failing_since"],
        bool(row["was_right"]),
        bool(row["broken"]),
    )
