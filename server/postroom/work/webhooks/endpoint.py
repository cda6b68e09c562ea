"""One endpoint: what waits for it by conversation, what is under way, and where it is behind.

Nothing here waits or writes: the courier asks, and the ledger takes what changed.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from postroom.index.events import Told
from postroom.model.webhooks import Attempt, Lane, SigningSecret, Webhook, WebhookStatus
from postroom.work.webhooks.conversations import (
    NEVER,
    Conversation,
    Failing,
    as_lane,
    from_lane,
    names,
)
from postroom.work.webhooks.payload import lane as lane_of
from postroom.work.webhooks.posting import Answered

AT_ONCE = 2
"""Deliveries to one endpoint in flight together: a slow one keeps its other conversations going,
and not the places of everybody else."""

SLOW_MILLISECONDS = 1_000
"""An endpoint that takes longer is slow."""

MOST_AHEAD = 100
"""Events that wait in memory: so many at most are told again after a crash."""

MOST_BEHIND = 8
"""Conversations that are tried again beside the others. Where more fail, it is the endpoint."""


class Endpoint:
    """An endpoint while it is told of things."""

    def __init__(
        self,
        hook: Webhook,
        lanes: Iterable[Lane],
        secrets: Iterable[SigningSecret],
        before: "Endpoint | None" = None,
    ) -> None:
        """``before``: the same one until it began anew; what it has under way ends first."""
        self.hook = hook
        self._secrets = tuple(secrets)
        self._before = before
        self._numbers: Iterator[int] = (
            before._numbers if before else itertools.count(hook.attempts + 1)
        )
        self.seen = hook.position
        self._took: int | None = before._took if before else None
        self._failing = NEVER
        if hook.failures and hook.next_at is not None:
            self._failing = Failing(hook.failures, hook.failing_since, hook.next_at)
        self._talks = {lane.name: from_lane(lane) for lane in lanes}
        self._done: set[int] = set()
        self._news = News()

    def update(self, hook: Webhook, secrets: Iterable[SigningSecret]) -> None:
        """What an operator changed while it goes on."""
        self._secrets = tuple(secrets)
        self.hook = self.hook.model_copy(update={"status": hook.status})
        if not self.is_active:
            self._forget_what_waits()

    def secrets(self, now: float) -> list[SigningSecret]:
        return [each for each in self._secrets if each.until is None or each.until > now]

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        older = self._before is not None and self._before.is_busy
        return older or any(talk.current for talk in self._talks.values())

    @property
    def is_failing(self) -> bool:
        """Whether nobody answered the last time."""
        return self._failing.failures > 0

    @property
    def is_slow(self) -> bool:
        """Whether it took long the last time, or nobody knows yet how long it takes."""
        return self._took is None or self._took > SLOW_MILLISECONDS

    def takes_more(self, now: float) -> bool:
        """Whether more of the journal is to be read for it."""
        if not self._may_go(now):
            return False
        waiting = sum(len(talk.waiting) for talk in self._talks.values() if not talk.behind)
        return waiting < (1 if self.is_failing else MOST_AHEAD) and not self._is_full

    def offer(self, found: Iterable[Told], position: int) -> None:
        """Let what it asks for of events wait, but for what is read when its turn comes.
        ``position``: how far the journal was read."""
        for told in found:
            if told.position <= self.seen or not self.hook.hears.takes(told.about):
                continue
            talk = self._talk(told)
            if talk.behind is None and not self._is_told(talk, told):
                talk.waiting.append(told)
            elif not talk.waiting and talk.current is None and talk.behind is None:
                del self._talks[talk.name]
        self.seen = max(self.seen, position)

    def to_catch_up(self, now: float) -> Conversation | None:
        """A conversation whose turn has come and for which the journal is to be read."""
        if not self._may_go(now):
            return None
        for talk in self._talks.values():
            idle = talk.current is None and not talk.waiting
            if talk.behind is not None and idle and talk.behind.next_at <= now:
                return talk
        return None

    def catch_up(self, talk: Conversation, found: Iterable[Told], position: int) -> None:
        """Let what events there are of a conversation that is behind wait."""
        if self._talks.get(talk.name) is not talk or talk.behind is None:
            return  # something else became of it meanwhile
        for told in found:
            if talk.name not in names(told):
                continue
            if not self._leads(talk, told):
                self._leave(talk)
                return
            is_due = talk.read_to < told.position <= self.seen and told.position not in self._done
            if is_due and self.hook.hears.takes(told.about):
                talk.waiting.append(told)
        talk.read_to = max(talk.read_to, min(position, self.seen))
        talk.position = talk.waiting[0].position if talk.waiting else talk.read_to + 1
        self._settle(talk)

    def next_to_go(self, now: float) -> Conversation | None:
        """The conversation that is told next, of which the first may go."""
        if not self._may_go(now):
            return None
        talks = self._talks.values()
        if sum(talk.current is not None for talk in talks) >= self._at_once:
            return None
        ready = [talk for talk in talks if talk.current is None and self._is_ready(talk, now)]
        return min(ready, key=lambda talk: talk.first, default=None)

    def begin(self, talk: Conversation) -> Told:
        talk.current = talk.waiting.popleft()
        return talk.current

    def clock_was_put_back(self, now: float) -> None:
        """Try again no later than if what failed had failed now."""
        self._failing = self._failing.at_latest(now)
        for talk in self._talks.values():
            if talk.behind is not None:
                talk.behind = talk.behind.at_latest(now)

    def is_retried(self, talk: Conversation) -> bool:
        """Whether it failed before."""
        return bool(self._failing.failures or (talk.behind and talk.behind.failures))

    def end(self, talk: Conversation, answered: Answered, now: float) -> None:
        """What was under way has ended so."""
        told = talk.current
        assert told is not None
        failures = (talk.behind or NEVER).failures or self._failing.failures
        self._news.attempts.append(self._attempt(told, answered, now, failures + 1))
        talk.current = None
        self._took = answered.milliseconds
        if answered.delivered:
            self._delivered(talk, told, now)
            return
        if answered.is_of_all:
            if self._failing.next_at <= now:  # else another one under way has found that out
                self._failing = self._failing.again(now, answered)
            talk.waiting.appendleft(told)
            self._forget_what_waits()
            failing = self._failing
        else:
            self._failing = NEVER
            self._falls_behind(talk, told, now, answered)
            failing = talk.behind or NEVER
        if answered.is_gone:
            self._park("It answered that it is gone (410).")
        elif failing.is_over(now):
            self._park(f"It was tried for a day. {answered.fault}")

    def is_answered(self, now: float) -> None:
        """Somebody is there again: what failed is tried at once."""
        if self._failing.failures:
            self._failing = replace(self._failing, next_at=now)
        for talk in self._talks.values():
            if talk.behind is not None:
                talk.behind = replace(talk.behind, next_at=now)

    @property
    def place(self) -> int:
        """Everything up to there was told, but for what its lanes have yet to be."""
        due = [
            talk.first
            for talk in self._talks.values()
            if talk.behind is None and (talk.current or talk.waiting)
        ]
        return min([self.seen, *(first - 1 for first in due)])

    def next_try(self) -> float | None:
        """When something that failed is tried again."""
        if not self.is_active:
            return None
        if self._failing.failures:
            return self._failing.next_at
        tries = [t.behind.next_at for t in self._talks.values() if t.behind and not t.current]
        return min(tries, default=None)

    @property
    def unwritten(self) -> int:
        """How far its place is ahead of what is on disk."""
        return self.place - self.hook.position

    def take_news(self) -> "News":
        """What is to be written down since the last time this was asked."""
        failing = self._failing if self._failing.failures else None
        self.hook = self.hook.model_copy(
            update={
                "position": self.place,
                "failures": self._failing.failures,
                "failing_since": failing.since if failing else None,
                "next_at": failing.next_at if failing else None,
            }
        )
        self._done = {each for each in self._done if each > self.place}
        news, self._news = self._news, News()
        behind = [talk for talk in self._talks.values() if talk.behind is not None]
        return replace(news, hook=self.hook, behind=[as_lane(talk) for talk in behind])

    @property
    def is_active(self) -> bool:
        """Whether it is told of anything."""
        return self.hook.status is WebhookStatus.ACTIVE

    def _may_go(self, now: float) -> bool:
        if not self.is_active or (self._failing.failures and self._failing.next_at > now):
            return False
        if self._before is not None and not self._before.is_busy:
            self._before = None
        return self._before is None

    @property
    def _at_once(self) -> int:
        return 1 if self.is_failing else AT_ONCE

    @property
    def _is_full(self) -> bool:
        """Whether as much is tried again as may be beside the rest."""
        return sum(talk.behind is not None for talk in self._talks.values()) >= MOST_BEHIND

    def _is_ready(self, talk: Conversation, now: float) -> bool:
        if talk.behind is None:
            return bool(talk.waiting) and not self._is_full
        return bool(talk.waiting) and talk.behind.next_at <= now

    def _leads(self, talk: Conversation, told: Told) -> bool:
        """Of conversations that are behind and have joined, the one that is furthest back goes on
        for all: whether that is this one. What the others have yet to tell lies before it."""
        found = [self._talks[name] for name in names(told) if name in self._talks]
        others = [each for each in found if each is not talk and each.behind is not None]
        if any(other.first < talk.position for other in others):
            return False
        for other in others:
            if other.current is None:
                self._leave(other)
        return True

    def _leave(self, talk: Conversation) -> None:
        """Leave what it has yet to tell to the one that it has joined."""
        del self._talks[talk.name]
        self._news.caught_up.append(talk.name)

    def _talk(self, told: Told) -> Conversation:
        """The conversation of an event, also of one that has joined another since."""
        for name in names(told):
            if name in self._talks:
                return self._talks[name]
        talk = Conversation(lane_of(told), told.about.mailbox)
        self._talks[talk.name] = talk
        return talk

    def _is_told(self, talk: Conversation, told: Told) -> bool:
        """Whether it was told, or is being told. Not by being older than what is: that of a
        conversation which has joined this one is older, and has yet to be told."""
        current = talk.current is not None and told.position == talk.current.position
        return current or told.position in self._done

    def _delivered(self, talk: Conversation, told: Told, now: float) -> None:
        self._failing = NEVER
        self._done.add(told.position)
        self.hook = self.hook.model_copy(update={"delivered_at": now})
        if talk.behind is not None:
            talk.behind = Failing(0, None, now)
            talk.position = talk.waiting[0].position if talk.waiting else talk.read_to + 1
        self._settle(talk)

    def _settle(self, talk: Conversation) -> None:
        """Forget a conversation of which nothing is left."""
        if talk.current is not None or talk.waiting:
            return
        if talk.behind is not None and talk.read_to < self.seen:
            return
        if self._talks.get(talk.name) is talk:
            del self._talks[talk.name]
        if talk.behind is not None:
            self._news.caught_up.append(talk.name)

    def _falls_behind(self, talk: Conversation, told: Told, now: float, answered: Answered) -> None:
        talk.behind = (talk.behind or NEVER).again(now, answered)
        talk.waiting.clear()
        talk.position, talk.read_to = told.position, told.position - 1
        self._talks[talk.name] = talk

    def _forget_what_waits(self) -> None:
        """Read it again when its turn comes."""
        self.seen = self.place
        for talk in list(self._talks.values()):
            if talk.behind is not None and talk.waiting:
                talk.position = talk.first
                talk.read_to = talk.position - 1
            talk.waiting.clear()
            if talk.behind is None and talk.current is None:
                del self._talks[talk.name]

    def _park(self, reason: str) -> None:
        self.hook = self.hook.model_copy(update={"status": WebhookStatus.PARKED})
        self._news.parked = reason
        self._forget_what_waits()

    def _attempt(self, told: Told, answered: Answered, now: float, attempt: int) -> Attempt:
        return self.logged(told.event.id, getattr(told.event, "type", ""), answered, now, attempt)

    def logged(
        self, message_id: str, type: str, answered: Answered, now: float, attempt: int
    ) -> Attempt:
        """An attempt as it is kept, with the next number."""
        self.hook = self.hook.model_copy(update={"attempts": next(self._numbers)})
        return Attempt(
            number=self.hook.attempts,
            at=now,
            message_id=message_id,
            type=type,
            attempt=attempt,
            status=answered.status,
            milliseconds=answered.milliseconds,
            fault=answered.fault,
        )


@dataclass
class News:
    """What became of an endpoint since it was written down last."""

    hook: Webhook | None = None
    attempts: list[Attempt] = field(default_factory=list)
    behind: list[Lane] = field(default_factory=list)
    """Every one that is behind now."""
    caught_up: list[str] = field(default_factory=list)
    parked: str = ""
