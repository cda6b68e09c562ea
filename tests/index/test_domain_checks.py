"""What becomes news of what the checks of a domain find, one after another."""

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.index import domain_checks, domains, journal
from postroom.index.database import connect
from postroom.index.migrations import migrate
from postroom.model.domain_checks import DomainFindings, Finding, Subject
from postroom.model.domains import RecordState
from postroom.model.events import EventType

OF_CHECKS = (EventType.DOMAIN_BROKEN, EventType.DOMAIN_MENDED)

STATES = {
    "R": RecordState.RIGHT,
    "W": RecordState.WRONG,
    "M": RecordState.MISSING,
    "P": RecordState.PROPAGATING,
    "?": RecordState.UNKNOWN,
    "-": RecordState.NOT_ASKED,
}

STEP = domain_checks.AGAIN_SECONDS
"""From one check to the next."""

RIGHT, WRONG, UNKNOWN = RecordState.RIGHT, RecordState.WRONG, RecordState.UNKNOWN


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("checks") / "postroom.db"
    migrate(path)
    opened = connect(path)
    opened.execute("BEGIN")  # nothing of it need reach the disk
    yield opened
    opened.close()


class Domain:
    """A domain of one test, and its checks."""

    numbers = itertools.count()

    def __init__(self, con: sqlite3.Connection) -> None:
        self.con = con
        self.name = f"d{next(self.numbers)}.example"
        domains.add(con, 1.0, self.name)
        self._seen = journal.last_position(con)

    def found(self, at: float, *states: RecordState) -> DomainFindings:
        """The check number ``at``, that finds so many exchangers in these states."""
        findings = [
            Finding(subject=Subject.MX, what=f"mx{n}", state=state)
            for n, state in enumerate(states)
        ]
        return DomainFindings(domain=self.name, at=at * STEP, findings=tuple(findings))

    def told(self, *checks: DomainFindings) -> str:
        """What is told of these checks: ``broken@3 mended@4``."""
        for each in checks:
            domain_checks.keep(self.con, each, "facts")
        rows = [each for each in journal.since(self.con, self._seen) if each.type in OF_CHECKS]
        self._seen = journal.last_position(self.con)
        assert all(each.detail.split()[:2] == [self.name, "mx"] for each in rows)
        return " ".join(f"{each.type.partition('.')[2]}@{each.at / STEP:g}" for each in rows)

    def kept(self) -> list[domain_checks.Kept]:
        return domain_checks.findings(self.con, self.name)


@pytest.fixture
def domain(con: sqlite3.Connection) -> Domain:
    return Domain(con)


@pytest.mark.parametrize(
    ("states", "events"),
    [
        ("RRR", ""),
        ("RWR", ""),  # one lost packet is no news
        ("RWW", "broken@3"),
        ("RWWWW", "broken@3"),  # once
        ("RMW", "broken@3"),
        ("RW?W", "broken@4"),  # that nobody answered changes nothing
        ("RWPW", "broken@4"),
        ("RW-W", ""),
        ("RWWR", "broken@3 mended@4"),
        ("RWWPR", "broken@3 mended@5"),
        ("RWW?R", "broken@3 mended@5"),
        ("RWWRWW", "broken@3 mended@4 broken@6"),
        ("MMMM", ""),  # what never was right cannot break
        ("MMR", ""),
        ("??WW", ""),
    ],
)
def test_a_thing_that_was_right_and_is_wrong_twice_is_told_and_that_it_is_mended(
    domain: Domain, states: str, events: str
) -> None:
    checks = [domain.found(float(at), STATES[state]) for at, state in enumerate(states, 1)]
    assert domain.told(*checks) == events


@pytest.mark.parametrize(
    ("states", "events"),
    [
        ("R@0 W@1 W@1.1 W@1.9", ""),  # somebody asks for checks in between
        ("R@0 W@1 W@1.1 W@2 W@3", "broken@2"),
        ("R@0 W@1 W@1.1 R@1.5 W@2 W@2.5", ""),
        ("R@0 W@1 W@1.5 ?@2 P@2.1 W@2.2", "broken@2.2"),
        ("R@0 W@9 W@1 W@1.9 W@2", "broken@2"),  # the clock was put back
    ],
)
def test_the_second_look_that_counts_is_one_later_on(
    domain: Domain, states: str, events: str
) -> None:
    pairs = [each.split("@") for each in states.split()]
    checks = [domain.found(float(at), STATES[state]) for state, at in pairs]
    assert domain.told(*checks) == events


def test_a_subject_is_told_once_and_is_mended_with_the_last_of_it(domain: Domain) -> None:
    steps = [(RIGHT, RIGHT), (WRONG, RIGHT), (WRONG, WRONG), (WRONG, WRONG), (RIGHT, WRONG)]
    checks = [domain.found(float(at), *each) for at, each in enumerate([*steps, (RIGHT, RIGHT)])]
    assert domain.told(*checks) == "broken@2 mended@5"


def test_it_is_known_since_when_a_thing_is_as_it_is(domain: Domain) -> None:
    domain.told(*(domain.found(float(at), STATES[s]) for at, s in enumerate("RRWWWM", 1)))
    (kept,) = domain.kept()
    assert (kept.since, kept.failures, kept.broken) == (6 * STEP, 4, True)
    assert (domain.name, kept) in domain_checks.broken(domain.con)
    assert domain_checks.states(domain.con)[domain.name] == {"missing": 1}


def test_a_check_that_was_broken_off_changes_nothing_of_what_is_known(domain: Domain) -> None:
    late = Finding(subject=Subject.ZONE, what="name servers", state=UNKNOWN)
    broken_off = domain.found(4.0).model_copy(update={"findings": (late,), "complete": False})
    checks = [domain.found(1.0, RIGHT), domain.found(2.0, WRONG), domain.found(3.0, WRONG)]
    assert domain.told(*checks, broken_off) == "broken@3"
    broken = {each.finding.what: each.broken for each in domain.kept()}
    assert broken == {"mx0": True, "name servers": False}
    assert domain.told(domain.found(5.0, RIGHT)) == "mended@5"
    assert [each.finding.what for each in domain.kept()] == ["mx0"]


def test_what_is_broken_and_not_seen_because_nobody_answers_is_not_mended(domain: Domain) -> None:
    checks = [domain.found(1.0, RIGHT, RIGHT), *(domain.found(n, RIGHT, WRONG) for n in (2.0, 3.0))]
    assert domain.told(*checks, domain.found(4.0, UNKNOWN)) == "broken@3"
    assert domain.told(domain.found(5.0, RIGHT)) == "mended@5"


def test_a_resolver_that_does_not_forget_in_time_is_wrong(domain: Domain) -> None:
    def late(at: float, until: float, *wanted: str) -> RecordState:
        one = Finding(
            subject=Subject.MX,
            what="mx0",
            state=STATES["P"],
            until=until,
            wanted=wanted,
            says="No.",
        )
        domain.told(domain.found(0).model_copy(update={"at": at, "findings": (one,)}))
        (kept,) = domain.kept()
        assert kept.finding.until is not None
        return kept.finding.state

    assert late(1_000.0, 1_900.0, "a") == "propagating"
    assert late(2_400.0, 3_300.0, "a") == "propagating"  # of an answer that it fetched since
    assert late(2_600.0, 3_500.0, "a") == "wrong"
    assert late(2_700.0, 3_600.0, "a") == "wrong"
    assert late(2_800.0, 3_700.0, "b") == "propagating"  # of what should be since then


def test_what_was_found_of_a_domain_goes_with_it(domain: Domain) -> None:
    domain.told(domain.found(1.0, RIGHT))
    domain.con.execute("DELETE FROM own_domains WHERE name = ?", (domain.name,))
    domain_checks.keep(domain.con, domain.found(2.0, WRONG), "")  # it was under way
    assert domain.name not in domain_checks.states(domain.con)
    domain_checks.forget_lost(domain.con)
    assert domain.kept() == []
    assert domain_checks.checked_at(domain.con, domain.name) == 0.0


def test_any_order_of_states_tells_of_breaking_and_mending_in_turn(
    con: sqlite3.Connection,
) -> None:
    for states in itertools.product("RWP?", repeat=4):
        domain = Domain(con)
        said = domain.told(*(domain.found(float(n), STATES[s]) for n, s in enumerate(states)))
        words = [each.partition("@")[0] for each in said.split()]
        assert words == ["broken", "mended"][: len(words)]
