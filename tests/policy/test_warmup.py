"""A new sender has as many recipients outside on a day as its plan says, and none is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.model.verdicts import RecipientFacts
from postroom.policy.rates import Limits
from postroom.policy.turns import Counted, Plans, turn
from postroom.policy.warmup import BY_DOMAIN, BY_MAILBOX, Plan, Warmup, day_of, numbered

DAY = 86_400.0
MONDAY = datetime(2026, 11, 30, tzinfo=UTC).timestamp()
FAR = 400 * DAY
ADA, DOMAIN = "ada@agents.example", "agents.example"
BERLIN = ZoneInfo("Europe/Berlin")


class Sent:
    """Mail of one mailbox: (when, to how many outside)."""

    def __init__(self, *mails: tuple[float, int]) -> None:
        self.mails = list(mails)

    def outside(self, plan: Plan, first: float, end: float) -> int:
        return sum(many for at, many in self.mails if first <= at < end)

    def number(self, plan: Plan, begins: float) -> int:
        def last_before(before: float) -> float | None:
            return max((at for at, _ in self.mails if at < before), default=None)

        return numbered(last_before, begins, len(plan.volumes))

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        return min(sum(after < at < before for at, _ in self.mails), most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        return iter(sorted((at, 1) for at, _ in self.mails if at > after))


def plan(*volumes: int) -> Plan:
    return Plan(BY_DOMAIN, DOMAIN, volumes)


def plans(rules: Warmup) -> Plans:
    return Plans(rules, rules.plans(ADA), UTC)


def people(many: int, ours: int = 0) -> tuple[RecipientFacts, ...]:
    return tuple(
        RecipientFacts(
            address=f"p{n}@x.test", domain="x.test", field="to", provenance="new", ours=n < ours
        )
        for n in range(many + ours)
    )


DAYS = (
    ("a sender who never wrote is on the first", (), 0, (1, 0)),
    ("what went earlier today is used", ((0, 3), (0.5, 2)), 0.6, (1, 5)),
    ("what is to go later today is, too", ((0.9, 3),), 0.1, (1, 3)),
    ("yesterday was the first", ((0, 3),), 1, (2, 0)),
    ("two days back as well, as nothing went between", ((0, 3),), 2, (2, 0)),
    ("only days with mail count", ((0, 3), (0.1, 1), (5, 2)), 9, (3, 0)),
    ("a day behind the plan has no bound", ((0, 1), (1, 1), (2, 1)), 3, None),
    ("a month without mail begins anew", ((0, 1), (1, 1), (2, 1)), 33, (1, 0)),
    ("a little less than that does not", ((0, 1), (1, 1)), 30, (3, 0)),
)


@pytest.mark.parametrize(("mails", "at", "expected"), [case[1:] for case in DAYS])
def test_which_day_of_its_plan_a_sender_is_on(
    mails: tuple[tuple[float, int], ...], at: float, expected: tuple[int, int] | None
) -> None:
    history = Sent(*((MONDAY + when * DAY, many) for when, many in mails))
    found = day_of(history, plan(10, 20, 30), MONDAY + at * DAY, UTC)
    assert (found and (found.number, found.used)) == expected


def test_a_day_is_one_of_the_operators_also_where_it_is_longer_than_another() -> None:
    autumn = datetime(2026, 10, 25, tzinfo=BERLIN).timestamp()  # 25 hours
    found = day_of(Sent((autumn - 1, 1)), plan(10, 20), autumn, BERLIN)
    assert found is not None
    assert (found.number, found.ends - autumn) == (2, 25 * 3600)
    late = day_of(Sent((autumn - 1, 1)), plan(10, 20), autumn + 24.9 * 3600, BERLIN)
    assert late == found


def test_what_has_no_room_today_goes_at_the_first_moment_of_the_day_that_has() -> None:
    rules = Warmup(domain=(2, 4))
    sent = Sent((MONDAY, 2))
    found = turn(sent, MONDAY + 3600, Limits(), people(1), plans(rules))
    assert found is not None
    assert (found.at, found.limit) == (MONDAY + DAY, BY_DOMAIN)
    assert turn(Sent((MONDAY, 1)), MONDAY + 3600, Limits(), people(1), plans(rules)) is None


def test_mail_within_the_room_takes_nothing_and_waits_for_nothing() -> None:
    rules = Warmup(domain=(2, 4))
    assert turn(Sent((MONDAY, 2)), MONDAY, Limits(), people(0, ours=9), plans(rules)) is None
    found = turn(Sent(), MONDAY, Limits(), people(2, ours=9), plans(rules))
    assert found is None


def test_a_mailbox_and_its_domain_are_both_held_to() -> None:
    rules = Warmup(domain=(5, 9), mailbox=(2, 4))
    found = turn(Sent((MONDAY, 2)), MONDAY, Limits(), people(1), plans(rules))
    assert found is not None
    assert (found.limit, found.at) == (BY_MAILBOX, MONDAY + DAY)


def test_what_no_day_of_the_plan_has_room_for_has_no_turn_within_the_horizon() -> None:
    rules = Warmup(domain=(2, 4), horizon=3 * DAY)
    found = turn(Sent(), MONDAY, Limits(), people(5), plans(rules))
    assert found is not None
    assert found.at > MONDAY + found.horizon


def test_a_plan_is_for_the_domains_that_it_names() -> None:
    assert Warmup(domain=(5,), domains=frozenset({"other.example"})).plans(ADA) == ()
    assert [each.whose for each in Warmup(domain=(5,), mailbox=(5,)).plans(ADA)] == [DOMAIN, ADA]


MAILS = st.lists(
    st.tuples(st.floats(0, 6 * DAY), st.integers(1, 4), st.sampled_from((0.0, 0.5, 2.0, 40.0))),
    max_size=40,
)
RISING = st.lists(st.integers(1, 8), min_size=1, max_size=5).map(lambda found: tuple(sorted(found)))


@settings(deadline=None)
@given(MAILS, RISING)
def test_no_day_has_more_recipients_than_the_plan_and_no_mail_is_lost(
    mails: list[tuple[float, int, float]], volumes: tuple[int, ...]
) -> None:
    """Filed at any time, at once or scheduled for later, in any order."""
    rules, sent, filed = Warmup(domain=volumes, horizon=FAR), Sent(), 0
    for after, many, later in sorted(mails):
        at = MONDAY + after + later * DAY
        found = turn(sent, at, Limits(), people(many), plans(rules))
        place = found.at if found else at
        if many <= volumes[0]:
            assert place - at <= FAR
            filed += 1
        if place - at <= FAR:
            sent.mails.append((place, many))
    assert len(sent.mails) >= filed
    for when in {at // DAY for at, _ in sent.mails}:
        day = day_of(sent, plan(*volumes), when * DAY, UTC)
        assert day is None or day.used <= day.most


@settings(deadline=None)
@given(MAILS, RISING)
def test_one_more_mail_never_makes_a_days_bound_smaller(
    mails: list[tuple[float, int, float]], volumes: tuple[int, ...]
) -> None:
    times = [(MONDAY + after + later * DAY, many) for after, many, later in mails]
    for when in range(0, 50, 7):
        before = day_of(Sent(*times[1:]), plan(*volumes), MONDAY + when * DAY, UTC)
        after = day_of(Sent(*times), plan(*volumes), MONDAY + when * DAY, UTC)
        if after is not None:
            assert before is not None
            assert after.most >= before.most


def test_the_last_day_of_the_operators_ends_where_the_next_begins() -> None:
    for hours in range(0, 24 * 370, 7):
        at = MONDAY + hours * 3600
        day = day_of(Sent(), plan(1), at, BERLIN)
        assert day is not None
        assert at < day.ends <= at + timedelta(hours=25).total_seconds()
