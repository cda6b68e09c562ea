"""/v1/events: what happens."""

from collections.abc import Sequence
from dataclasses import replace

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call
from postroom.client.following import SILENT_SECONDS, Following
from postroom.client.question import reading
from postroom.model.operator_event_answers import EventPage


class Events(Subject[W]):
    """What happens, in order."""

    @asks
    def list(
        self,
        *,
        after: str | None = None,
        mailbox: str | None = None,
        thread_id: str | None = None,
        type: Sequence[str] = (),
        limit: int | None = None,
        wait: float = 0,
    ) -> Call[EventPage]:
        """A page of events behind ``after`` (the id of an event, the ``after`` of a page, or
        "begin"); where there are none yet, the first within ``wait`` seconds."""
        asked = reading(
            "/events",
            wait,
            after=after,
            mailbox=mailbox,
            thread_id=thread_id,
            type=type,
            limit=limit,
            wait=wait,
        )
        return Call(asked, EventPage)

    @asks
    def stream(
        self,
        *,
        after: str | None = None,
        mailbox: str | None = None,
        thread_id: str | None = None,
        type: Sequence[str] = (),
    ) -> Following:
        """Events as they come, without end: from now on, or behind ``after``. A connection that
        ends is opened again behind the last event, so that none is missed or told twice. Each is of
        its own type in `postroom.model.event_answers`; keep its ``id`` to go on another time."""
        asked = reading("/events", after=after, mailbox=mailbox, thread_id=thread_id, type=type)
        return Following(replace(asked, patience=SILENT_SECONDS))
