"""What the domain name system says, asked once and kept a while: for whoever checks mail.

Senders choose the names that are asked for, and may serve them slowly, in bulk, or never. So all of
it is bounded: how many are asked for at a time and how many wait for that, how long each may take,
how much is kept and for how long. Of one name and type one question is on its way, however many
mails wait for it; whose is asked next, turns.py says.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from postroom.dns.resolver import Resolver
from postroom.dns.senders.turns import Silences, Turn, Turns, owner
from postroom.model.errors import Unavailable

log = logging.getLogger("postroom.dns")

Question = tuple[str, str]
"""A name in lower case without its last dot, and a type such as ``TXT``."""

MIN_SECONDS = 60.0
"""How long an answer is kept at least: whoever says 0 has every mail wait."""

MAX_SECONDS = 3600.0
"""And at most: an hour after a key was taken back nobody believes it."""

MAX_NONE_SECONDS = 300.0
"""The same of the answer that there is none: whoever has just published a record is not to wait."""

FAILED_SECONDS = 60.0
"""How long nobody asks again after no answer: a batch of mail must not wait for each."""

MAX_KEPT = 5_000
MAX_KEPT_CHARS = 4_000_000
"""Answers, and characters of them: a few megabytes, whatever senders put into their records."""

MAX_ANSWER_CHARS = 20_000
"""Of one answer. A larger one is as good as none: real ones have up to some thousand."""

MAX_WAITING = 1_000
"""Questions on their way, with those that wait for one of them to end. Half of it is for those
that go first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one question."""

    values: tuple[str, ...] | None
    """As `resolver.Answer`; none for no record, ``None`` where nobody could say."""


UNANSWERED = Found(None)


@dataclass
class _Asked:
    """A question on its way, or in line."""

    turn: Turn
    task: asyncio.Task[Found]
    waiting: int = 0
    """How many wait for the answer."""


class Answers:
    """Asks by ``resolver``, and keeps what it says. ``clock`` gives seconds."""

    def __init__(self, resolver: Resolver, clock: Callable[[], float]) -> None:
        self._resolver = resolver
        self._clock = clock
        self._kept: OrderedDict[Question, tuple[float, Found]] = OrderedDict()
        self._chars = 0
        self._asked: dict[Question, _Asked] = {}
        self._turns = Turns()
        self._silences = Silences(clock)

    def kept(self, name: str, kind: str) -> Found | None:
        """What is kept, if anything is: from any thread."""
        kept = self._kept.get((name, kind))
        return kept[1] if kept is not None and self._clock() < kept[0] else None

    async def all_of(
        self, questions: Iterable[Question], others: Collection[Question] = ()
    ) -> dict[Question, Found]:
        """The answer to each of several questions, asked at once; ``others`` of them do not go
        first."""
        wanted = list(dict.fromkeys(questions))
        asked = (self.of(*each, first=each not in others) for each in wanted)
        found = await asyncio.gather(*asked)
        return dict(zip(wanted, found, strict=True))

    async def of(self, name: str, kind: str, *, first: bool = True) -> Found:
        """The answer to one question. Never raises; a question that nobody waits for any more
        leaves its place in line. One that is on its way goes on, and its answer is there for the
        next one."""
        if (kept := self.kept(name, kind)) is not None:
            return kept
        asked = self._asked.get((name, kind)) or self._begin((name, kind), first=first)
        if asked is None:
            return UNANSWERED
        if first:
            self._turns.hurry(asked.turn)
        asked.waiting += 1
        try:
            return await asyncio.shield(asked.task)
        finally:
            asked.waiting -= 1
            if not asked.waiting and not asked.turn.came.done():
                self._leave((name, kind), asked)

    async def close(self) -> None:
        """End the questions that are on their way."""
        asked = [each.task for each in self._asked.values()]
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    def _begin(self, question: Question, *, first: bool) -> _Asked | None:
        """A question put in line; None where there is no room, or nobody who answers."""
        whose = owner(question[0])
        most = MAX_WAITING if first else MAX_WAITING // 2
        if len(self._asked) >= most or self._silences.of(whose):
            return None
        turn = self._turns.ask(whose, first=first)
        asked = _Asked(turn, asyncio.create_task(self._ask(question, turn)))
        self._asked[question] = asked
        return asked

    def _leave(self, question: Question, asked: _Asked) -> None:
        """Who asks the same from now on begins anew."""
        asked.task.cancel()
        self._ended(question, asked.turn)

    def _ended(self, question: Question, turn: Turn) -> None:
        self._turns.end(turn)
        if question in self._asked and self._asked[question].turn is turn:
            del self._asked[question]

    async def _ask(self, question: Question, turn: Turn) -> Found:
        try:
            if not await turn.came:
                return UNANSWERED
            found, seconds = await self._said(*question, turn.owner)
            self._keep(question, found, seconds)
            return found
        finally:
            self._ended(question, turn)

    async def _said(self, name: str, kind: str, whose: str) -> tuple[Found, float]:
        try:
            answer = await self._resolver.look_up(name, kind)
        except Unavailable:
            self._silences.failed(whose)
            if self._silences.of(whose):
                self._turns.dismiss(whose)
            return UNANSWERED, FAILED_SECONDS
        except Exception as error:  # of what a stranger's name server sends; its words stay unsaid
            log.error("An answer could not be read: %s.", type(error).__name__)
            return UNANSWERED, FAILED_SECONDS
        self._silences.heard(whose)
        if sum(map(len, answer.values)) > MAX_ANSWER_CHARS:
            return UNANSWERED, FAILED_SECONDS
        most = MAX_SECONDS if answer.values else MAX_NONE_SECONDS
        return Found(answer.values), min(max(answer.seconds, MIN_SECONDS), most)

    def _keep(self, question: Question, found: Found, seconds: float) -> None:
        self._forget(question)
        self._kept[question] = (self._clock() + seconds, found)
        self._chars += _size(question, found)
        while len(self._kept) > MAX_KEPT or self._chars > MAX_KEPT_CHARS:
            self._forget(next(iter(self._kept)))

    def _forget(self, question: Question) -> None:
        if (kept := self._kept.pop(question, None)) is not None:
            self._chars -= _size(question, kept[1])


def _size(question: Question, found: Found) -> int:
    return len(question[0]) + sum(map(len, found.values or ()))
