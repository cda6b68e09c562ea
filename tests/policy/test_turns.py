"""No window holds more than its count, and a mail goes at the first moment at which that is so."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from postroom.model.verdicts import RecipientFacts
from postroom.policy.rates import Limits, Rate
from postroom.policy.turns import Counted, turn
from postroom.policy.warmup import Plan

WHOM = (RecipientFacts(address="b@x.test", domain="x.test", field="to", provenance="new"),)
FAR = 10_000.0
MOMENTS = st.lists(st.integers(0, 40).map(float), max_size=25)
RATES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 12)).map(lambda of: Rate(*of)), max_size=2
)


class Times:
    """Each limit counts the same mails."""

    def __init__(self, times: list[tuple[float, int]]) -> None:
        self._times = sorted(times)

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        return min(sum(n for at, n in self._times if after < at < before), most)

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        return (each for each in self._times if each[0] > after)

    def outside(self, plan: Plan, first: float, end: float) -> int:
        return sum(n for at, n in self._times if first <= at < end)

    def number(self, plan: Plan, begins: float) -> int:
        return 1


def has_room(times: list[tuple[float, int]], at: float, more: int, rate: Rate) -> bool:
    """Whether each window that a mail at ``at`` lies in holds no more than its count."""
    begins = [one for one, _ in times if at - rate.window < one <= at]
    return all(
        sum(n for one, n in times if begin <= one < begin + rate.window) + more <= rate.count
        for begin in (*begins, at)
    )


def first_room(times: list[tuple[float, int]], at: float, rates: list[tuple[int, Rate]]) -> float:
    return next(
        moment
        for moment in (at + step for step in range(1_000))
        if all(has_room(times, moment, more, rate) for more, rate in rates)
    )


@given(MOMENTS, st.integers(0, 40).map(float), RATES, RATES)
def test_the_first_moment_at_which_all_limits_have_room(
    moments: list[float], at: float, mailbox: list[Rate], recipient: list[Rate]
) -> None:
    times = [(one, 1) for one in moments]
    limits = Limits(mailbox=tuple(mailbox), recipient=tuple(recipient), horizon=FAR)
    found = turn(Times(times), at, limits, WHOM)
    assert (found.at if found else at) == first_room(
        times, at, [(1, rate) for rate in (*mailbox, *recipient)]
    )


@given(st.lists(st.tuples(st.integers(0, 40).map(float), st.integers(1, 3)), max_size=15))
def test_first_contacts_count_as_many_as_there_are(times: list[tuple[float, int]]) -> None:
    rate = Rate(4, 7)
    new = tuple(one.model_copy(update={"first_contact": True}) for one in WHOM * 2)
    found = turn(Times(times), 20.0, Limits(first_contacts=(rate,), horizon=FAR), new)
    assert (found.at if found else 20.0) == first_room(times, 20.0, [(2, rate)])


def test_more_first_contacts_than_ever_may_have_no_turn() -> None:
    new = tuple(one.model_copy(update={"first_contact": True}) for one in WHOM * 2)
    found = turn(Times([]), 0.0, Limits(first_contacts=(Rate(1, 60),)), new)
    assert found is not None
    assert found.at == float("inf")


@given(st.lists(st.integers(0, 60).map(float), min_size=1, max_size=20), st.integers(1, 3))
def test_mails_that_keep_to_their_turns_never_are_too_many(asked: list[float], count: int) -> None:
    """Whatever moments they are asked for, scheduled ones before present ones or behind them."""
    rate, times = Rate(count, 10), list[float]()
    for at in asked:
        found = turn(
            Times([(one, 1) for one in times]), at, Limits(mailbox=(rate,), horizon=FAR), WHOM
        )
        times.append(found.at if found else at)
    assert all(sum(begin <= one < begin + 10 for one in times) <= count for begin in times)
