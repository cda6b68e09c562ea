"""Events that must come in order, and how far one that fails is behind."""

from collections import deque
from dataclasses import dataclass, field, replace

from postroom.index.events import Told
from postroom.model.webhooks import Lane
from postroom.work.webhooks import backoff
from postroom.work.webhooks.payload import lane as lane_of
from postroom.work.webhooks.posting import Answered


@dataclass(frozen=True)
class Failing:
    """Failures in a row: how many, since when, and when the next try is."""

    failures: int
    since: float | None
    next_at: float

    def again(self, now: float, answered: Answered) -> "Failing":
        since = now if self.since is None else self.since
        failures = self.failures + 1
        return Failing(
            failures, since, backoff.next_try(now, failures, since, answered.retry_after)
        )

    def at_latest(self, now: float) -> "Failing":
        """The same by a clock that was put back to ``now``."""
        since = None if self.since is None else min(self.since, now)
        return replace(self, since=since, next_at=backoff.at_latest(self.next_at, now))

    def is_over(self, now: float) -> bool:
        """Whether it was tried for long enough."""
        return self.since is not None and backoff.is_over(now, self.since, self.failures)


NEVER = Failing(0, None, 0.0)


@dataclass
class Conversation:
    """Events that must come in order."""

    name: str
    mailbox: str
    waiting: deque[Told] = field(default_factory=deque)
    current: Told | None = None
    behind: Failing | None = None
    position: int = 0
    """Where it is behind: the first event that has yet to be told."""
    read_to: int = 0
    """How far the journal was read for it alone."""

    @property
    def first(self) -> int:
        """The first event that has yet to be told."""
        if self.current is not None:
            return self.current.position
        return self.waiting[0].position if self.waiting else self.position


def names(told: Told) -> tuple[str, ...]:
    """What the conversation of an event is called, its own name first."""
    return tuple(dict.fromkeys((lane_of(told), *told.about.thread_ids)))


def from_lane(lane: Lane) -> Conversation:
    """One that is behind, as it is on disk."""
    failing = Failing(lane.failures, lane.failing_since, lane.next_at)
    return Conversation(
        lane.name, lane.mailbox, behind=failing, position=lane.position, read_to=lane.position - 1
    )


def as_lane(talk: Conversation) -> Lane:
    """The same as it is written down."""
    assert talk.behind is not None
    return Lane(
        name=talk.name,
        mailbox=talk.mailbox,
        position=talk.first,
        failures=talk.behind.failures,
        failing_since=talk.behind.since,
        next_at=talk.behind.next_at,
    )
