"""What the domain name system says, asked once and kept a while: for whoever checks mail.

Senders choose the names that are asked for, and may serve them slowly, in bulk, or never. So all of
it is bounded: how many are asked for at a time and how many wait for that, how long each may take,
how much is kept and for how long. Of one name and type one question is on its way, however many
mails wait for it.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from postroom.dns.resolver import Resolver
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

MAX_ASKED_AT_ONCE = 64
MAX_WAITING = 1_000
"""Questions on their way, and those that wait for one of them to end."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one question."""

    values: tuple[str, ...] | None
    """As `resolver.Answer`; none for no record, ``None`` where nobody could say."""


UNANSWERED = Found(None)


class Answers:
    """Asks by ``resolver``, and keeps what it says. ``clock`` gives seconds."""

    def __init__(self, resolver: Resolver, clock: Callable[[], float]) -> None:
        self._resolver = resolver
        self._clock = clock
        self._kept: OrderedDict[Question, tuple[float, Found]] = OrderedDict()
        self._chars = 0
        self._asked: dict[Question, asyncio.Task[Found]] = {}
        self._turns = asyncio.Semaphore(MAX_ASKED_AT_ONCE)

    def kept(self, name: str, kind: str) -> Found | None:
        """What is kept, if anything is: from any thread."""
        kept = self._kept.get((name, kind))
        return kept[1] if kept is not None and self._clock() < kept[0] else None

    async def all_of(self, questions: Iterable[Question]) -> dict[Question, Found]:
        """The answer to each of several questions, asked at once."""
        wanted = list(dict.fromkeys(questions))
        found = await asyncio.gather(*(self.of(*each) for each in wanted))
        return dict(zip(wanted, found, strict=True))

    async def of(self, name: str, kind: str) -> Found:
        """The answer to one question. Never raises; a question that nobody waits for any more goes
        on, and its answer is there for the next one."""
        if (kept := self.kept(name, kind)) is not None:
            return kept
        asked = self._asked.get((name, kind))
        if asked is None:
            if len(self._asked) >= MAX_WAITING:
                return UNANSWERED
            asked = asyncio.create_task(self._ask((name, kind)))
            self._asked[name, kind] = asked
        return await asyncio.shield(asked)

    async def close(self) -> None:
        """End the questions that are on their way."""
        asked = list(self._asked.values())
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    async def _ask(self, question: Question) -> Found:
        try:
            async with self._turns:
                found, seconds = await self._said(*question)
            self._keep(question, found, seconds)
            return found
        finally:
            del self._asked[question]

    async def _said(self, name: str, kind: str) -> tuple[Found, float]:
        try:
            answer = await self._resolver.look_up(name, kind)
        except Unavailable:
            return UNANSWERED, FAILED_SECONDS
        except Exception as error:  # of what a stranger's name server sends; its words stay unsaid
            log.error("An answer could not be read: %s.", type(error).__name__)
            return UNANSWERED, FAILED_SECONDS
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
