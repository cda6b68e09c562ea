"""/v1/events: what happened, page by page, and what happens, as a stream."""

from typing import Annotated

from fastapi import Header, Query
from starlette.responses import Response

from postroom.model.limits import DEFAULT_EVENTS, MAX_EVENT_WAIT_SECONDS, MAX_EVENTS
from postroom.model.operator_event_answers import EventPage
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.disconnecting import while_good
from postroom.web.rest.event_stream import MEDIA_TYPE, EventStream
from postroom.web.rest.streams import Taken
from postroom.web.rest.strict_route import subject

routes = subject("events")

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
    after: Annotated[
        str | None,
        Query(
            max_length=100,
            description="The id of an event, or the `after` of an answer: what comes behind it;"
            " `begin` for everything there is. Without it, what comes from now on.",
        ),
    ] = None,
    mailbox: Annotated[
        str | None, Query(max_length=320, description="Of this address alone.")
    ] = None,
    thread_id: Annotated[
        str | None, Query(max_length=100, description="Of this conversation alone.")
    ] = None,
    types: Annotated[
        tuple[str, ...],
        Query(
            alias="type",
            max_length=50,
            description="Of these types alone, such as message.received or message.*; several"
            " times, or with commas between them.",
        ),
    ] = (),
    limit: Annotated[
        int, Query(ge=1, le=MAX_EVENTS, description="Of a page, events.")
    ] = DEFAULT_EVENTS,
    wait: Annotated[
        float,
        Query(
            ge=0,
            le=MAX_EVENT_WAIT_SECONDS,
            description="Where there are none yet: how long to wait for the first, seconds.",
        ),
    ] = 0.0,
    # Not described: whoever tries a description out would never come to the end of it.
    stream: Annotated[bool | None, Query(include_in_schema=False)] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            max_length=100,
            description="Goes before `after`: where a stream ended.",
        ),
    ] = None,
) -> Response:
    """What happened and happens: a page of events, or with `Accept: text/event-stream` (or
    `stream=true`) all of them as they come. Read pages with `after` and `wait` where you cannot
    stream: nothing is missed in between."""
    desk, start = asked.desk.events, last_event_id or after
    where = (asked.caller, start, mailbox, thread_id, types)
    if stream if stream is not None else _wants_stream(accept):
        news = desk.follow(*where)
        # Here, so that what is wrong with the question is a problem and no stream.
        first = await anext(news)
        return EventStream(first, news, lambda: streams.may_go_on(asked.token_id))
    page = desk.list(*where, limit, wait)
    return answer(await (while_good(asked, streams, page) if wait else page))


def _wants_stream(accept: str) -> bool:
    """Whether a stream is asked for by name and JSON is not (RFC 9110 § 12.5.1)."""
    named = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    return MEDIA_TYPE in named and "application/json" not in named
