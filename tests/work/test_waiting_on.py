"""What is due waits where its day is full: whatever went wrong since it was filed, a new sender
writes to no more people a day than its plan says."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index.outbox import ADA, outbox, queue

from postroom.index import carrying, reputation
from postroom.index.database import Connection
from postroom.model.sends import (
    Obstacle,
    RecipientOutcome,
    RecipientReply,
    SendStatus,
    Submission,
)
from postroom.model.verdicts import RecipientFacts
from postroom.policy.rates import Limits
from postroom.policy.reading import policy_of
from postroom.policy.rules import Policy
from postroom.policy.turns import Counted, turn
from postroom.policy.warmup import DAY, numbered
from postroom.work import waiting_on

BEGINS = 1_790_035_200.0
"""A midnight."""

HOUR = 3_600.0


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with outbox(tmp_path_factory.mktemp("waiting")) as con:
        yield con


class Filed(reputation.Outside):
    """What an outbox without limits is asked as a mail is filed."""

    def within(self, of: Counted, after: float, before: float, most: int) -> int:
        raise AssertionError("no limits")

    def times(self, of: Counted, after: float) -> Iterator[tuple[float, int]]:
        raise AssertionError("no limits")


class Sender:
    """A domain that warms up, with the worker that carries its mail."""

    def __init__(self, con: Connection, volumes: tuple[int, ...]) -> None:
        self.con, self.volumes, self.now = con, volumes, BEGINS + HOUR
        self.policy: Policy = policy_of(
            f'default = "allow"\ntimezone = "UTC"\n[warmup]\ndomain = {list(volumes)}\n'
            'horizon = "30 days"\n'
        )
        self.offered: list[tuple[float, int]] = []
        """When a server heard of a mail, and for how many."""

    def file(self, many: int) -> bool:
        """Whether a mail to so many has a turn."""
        plans = self.policy.plans("ada@one.test")
        whom = tuple(
            RecipientFacts(address=f"p{n}@x.test", domain="x.test", field="to", provenance="new")
            for n in range(many)
        )
        found = turn(Filed(self.con, ADA), self.now, Limits(), whom, plans)
        if found is not None and found.at > self.now + found.horizon:
            return False
        queue(self.con, 1, found.at if found else self.now, outside=many)
        return True

    def carry(self, answers: bool, pause: float) -> None:
        """Take what is due to a server that answers, or cannot be reached for a while."""
        for send in carrying.due(self.con, self.now, 1000):
            if waiting_on.waits(self.con, self.now, send, self.policy):
                continue
            assert carrying.begin(self.con, send.id)
            if answers:
                self.offered.append((self.now, send.outside))
            obstacle = None if answers else Obstacle.UNREACHABLE
            carrying.record(self.con, self.now, send, Submission(replies=(), obstacle=obstacle), ())
            status = SendStatus.SENT if answers else SendStatus.QUEUED
            again = None if answers else self.now + pause
            carrying.settle(self.con, self.now, send.id, status, not_before=again)

    def over(self) -> list[str]:
        """The days on which more was written to than the plan says, in words."""
        times = [at for at, _ in self.offered]

        def last_before(before: float) -> float | None:
            return max((at for at in times if at < before), default=None)

        found = []
        for begins in {at - (at - BEGINS) % DAY for at in times}:
            number = numbered(last_before, begins, len(self.volumes))
            went = sum(many for at, many in self.offered if begins <= at < begins + DAY)
            if number <= len(self.volumes) and went > self.volumes[number - 1]:
                found.append(f"{went} on day {number}")
        return found


@pytest.fixture
def clean(con: Connection) -> Iterator[Connection]:
    con.execute("SAVEPOINT example")
    yield con
    con.execute("ROLLBACK TO example")


@pytest.mark.parametrize("down", ["the server", "the worker"])
def test_a_day_without_a_server_or_a_worker_is_no_day_of_the_plan(
    clean: Connection, down: str
) -> None:
    sender = Sender(clean, (3, 5, 100))
    assert all(sender.file(1) for _ in range(8))
    if down == "the server":
        sender.carry(answers=False, pause=HOUR)
    sender.now = BEGINS + DAY + HOUR
    sender.carry(answers=True, pause=HOUR)
    assert len(sender.offered) == 3
    sender.now += DAY
    sender.carry(answers=True, pause=HOUR)
    assert len(sender.offered) == 8
    assert sender.over() == []


def test_what_a_server_heard_of_is_not_asked_again(clean: Connection) -> None:
    sender = Sender(clean, (1, 1))
    for _ in range(2):
        sender.file(1)
    (send,) = carrying.due(clean, sender.now, 10)
    carrying.begin(clean, send.id)
    reply = RecipientReply(
        address="p@x.test", outcome=RecipientOutcome.DEFERRED, code=451, text="Later."
    )
    carrying.record(clean, sender.now, send, Submission(replies=(reply,)), ())
    carrying.settle(clean, sender.now, send.id, SendStatus.QUEUED, not_before=BEGINS + DAY)
    first, second = carrying.due(clean, BEGINS + DAY + 1, 10)
    assert not waiting_on.waits(clean, BEGINS + DAY + 1, first, sender.policy)
    assert waiting_on.waits(clean, BEGINS + DAY + 1, second, sender.policy)


RISING = st.lists(st.integers(1, 8), min_size=1, max_size=5).map(lambda found: tuple(sorted(found)))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.integers(1, 4)),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 13, 24, 49])),
        st.tuples(st.just("carry"), st.just(0)),
        st.tuples(st.just("fail"), st.sampled_from([0, 1, 20, 30])),
    ),
    max_size=50,
)


@settings(deadline=None)
@given(ACTS, RISING)
def test_no_day_has_more_than_its_plan_whatever_was_down_and_all_goes_in_the_end(
    con: Connection, acts: list[tuple[str, int]], volumes: tuple[int, ...]
) -> None:
    con.execute("SAVEPOINT example")
    try:
        check(Sender(con, volumes), acts)
    finally:
        con.execute("ROLLBACK TO example")


def check(sender: Sender, acts: list[tuple[str, int]]) -> None:
    filed = 0
    for act, amount in acts:
        if act == "file":
            filed += sender.file(min(amount, sender.volumes[0]))
        elif act == "wait":
            sender.now += amount * HOUR
        else:
            sender.carry(answers=act == "carry", pause=max(amount, 1 / 60) * HOUR)
    for _ in range(120):
        sender.now += DAY / 2
        sender.carry(answers=True, pause=HOUR)
    assert sender.over() == []
    assert len(sender.offered) == filed
