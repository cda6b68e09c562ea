"""/v1/events"""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from postroom.model.errors import Refused
from postroom.model.limits import DEFAULT_EVENTS, MAX_EVENT_WAIT_SECONDS, MAX_EVENTS
from postroom.model.operator_event_answers import EventPage
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked, Asking
from postroom.web.rest.event_stream import MEDIA_TYPE, EventStream
from postroom.web.rest.streams import Streams, Taken

routes = APIRouter(prefix="/events", tags=["events"])


class EventQuery(BaseModel):
    """Which events, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: str | None = Field(
        default=None,
        max_length=100,
        description="The id of an event, or the `after` of an answer: what comes behind it;"
        " `begin` for everything there is. Without it, what comes from now on.",
    )
    mailbox: str | None = Field(default=None, max_length=320, description="Of this address alone.")
    thread_id: str | None = Field(
        default=None, max_length=100, description="Of this conversation alone."
    )
    type: list[str] = Field(
        default=[],
        max_length=50,
        description="Of these types alone, such as message.received or message.*; several times, or"
        " with commas between them.",
    )
    limit: int = Field(
        default=DEFAULT_EVENTS, ge=1, le=MAX_EVENTS, description="Of a page, events."
    )
    wait: float = Field(
        default=0,
        ge=0,
        le=MAX_EVENT_WAIT_SECONDS,
        description="Where there are none yet: how long to wait for the first, seconds.",
    )
    stream: bool | None = Field(
        default=None,
        description="As a stream without end, as with `Accept: text/event-stream`.",
    )

    def filters(self) -> dict[str, Any]:
        return {"mailbox": self.mailbox, "thread_id": self.thread_id, "types": self.type}


_STREAM = {
    MEDIA_TYPE: {
        "schema": {
            "type": "string",
            "description": "Server-Sent Events: `id`, `event` (the type) and `data` (the event, one"
            " of those of a page, as one line of JSON).",
        }
    }
}


@routes.get(
    "",
    response_model=EventPage,
    responses={200: {"description": "A page, or a stream of the same events.", "content": _STREAM}},
)
async def read_events(
    asked: Asked,
    streams: Taken,
    query: Annotated[EventQuery, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="Goes before `after`: where a stream ended.",
            max_length=100,
        ),
    ] = None,
) -> Response:
    """What happened and happens: a page of events, or with `Accept: text/event-stream` (or
    `stream=true`) all of them as they come. Read pages with `after` and `wait` where you cannot
    stream: nothing is missed in between."""
    after = last_event_id or query.after
    if query.stream if query.stream is not None else _wants_stream(accept):
        return await _stream(asked, streams, after, query)
    page = await asked.desk.events.list(
        asked.caller, after, limit=query.limit, wait_seconds=query.wait, **query.filters()
    )
    if query.wait and not await streams.may_go_on(asked.token_id):
        raise Refused("token_over", "Your token is good no more.", "Ask the operator.")
    return answer(page)


async def _stream(
    asked: Asking, streams: Streams, after: str | None, query: EventQuery
) -> EventStream:
    news = asked.desk.events.follow(asked.caller, after, **query.filters())
    # Here, so that what is wrong with the question is a problem and no stream.
    first = await anext(news)
    return EventStream(first, news, lambda: streams.may_go_on(asked.token_id))


def _wants_stream(accept: str) -> bool:
    """Whether a stream is asked for by name and JSON is not (RFC 9110 § 12.5.1)."""
    named = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    return MEDIA_TYPE in named and "application/json" not in named
