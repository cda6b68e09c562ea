"""Events as they come, for as long as somebody reads them (WHATWG HTML §9.2).

    opened ──► event, event … ──► ended, lost, or silent ──► pause ──► opened behind the last id

Each block of the stream has the place that it stands at, heartbeats too, so that nothing between
two connections is missed or told twice. What is wrong with the very first one is raised. Later ones
are tried as long as it may help: a server that is away comes back.
"""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import httpx2
from pydantic import TypeAdapter, ValidationError

from postroom.client.awaiting import Awaiting
from postroom.client.blocking import Blocking
from postroom.client.calls import Description
from postroom.client.problems import unreadable
from postroom.client.question import Question
from postroom.model.errors import ConnectionLost, PeerTimeout, PostroomError, Unavailable
from postroom.model.event_answers import PublicEvent
from postroom.model.operator_event_answers import AnyEvent

MEDIA_TYPE = "text/event-stream"

SILENT_SECONDS = 30.0
"""Beyond the time for an answer: two heartbeats, then nobody is there."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 30.0

PASSING = (Unavailable, ConnectionLost, PeerTimeout)
"""What may be over at the next try."""

_KNOWN: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


class Place:
    """Where a reader of the stream is, and whether it may try again."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._id = ""
        self._pause = FIRST_PAUSE_SECONDS

    def question(self) -> Question:
        """What goes on behind what was read."""
        headers = {**self._question.headers, "Accept": MEDIA_TYPE}
        if self._id:
            headers["Last-Event-ID"] = self._id
        return replace(self._question, headers=headers)

    def read(self, block: httpx2.ServerSentEvent) -> PublicEvent | None:
        """The event in a block; None where it only tells a place."""
        found = event_of(block.data) if block.data else None
        self._id = block.id or self._id
        self._pause = FIRST_PAUSE_SECONDS
        return found

    def ended(self, error: PostroomError | None = None) -> float:
        """How long to pause before the next connection. Raises ``error`` where that helps nothing,
        or where nothing was ever read."""
        if error is not None and not (self._id and isinstance(error, PASSING)):
            raise error
        pause = self._pause * random.uniform(0.5, 1)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return pause


@dataclass(frozen=True)
class Following(Description[Iterator[PublicEvent], AsyncIterator[PublicEvent]]):
    """All events that ``question`` asks for, without end."""

    question: Question

    def now(self, way: Blocking) -> Iterator[PublicEvent]:
        place = Place(self.question)
        while True:
            error: PostroomError | None = None
            try:
                with way.open(place.question()) as response:
                    for block in httpx2.EventSource(response):
                        if (event := place.read(block)) is not None:
                            yield event
            except PostroomError as failed:
                error = failed
            way.pause(place.ended(error))

    async def later(self, way: Awaiting) -> AsyncIterator[PublicEvent]:
        place = Place(self.question)
        while True:
            error: PostroomError | None = None
            try:
                async with way.open(place.question()) as response:
                    async for block in httpx2.EventSource(response):
                        if (event := place.read(block)) is not None:
                            yield event
            except PostroomError as failed:
                error = failed
            await way.pause(place.ended(error))


def event_of(data: str) -> PublicEvent:
    """One event by its type; one of a type that only a newer server knows has what all have."""
    try:
        return _KNOWN.validate_json(data)
    except ValidationError:
        pass
    try:
        return PublicEvent.model_validate_json(data)
    except ValidationError as error:
        raise unreadable() from error
