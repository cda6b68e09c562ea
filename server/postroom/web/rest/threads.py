"""/v1/threads: conversations, listed, found, and read."""

from typing import Annotated, Literal

from fastapi import Query
from starlette.responses import Response

from postroom.model.answers import ThreadList, ThreadView
from postroom.model.limits import DEFAULT_LIST, DEFAULT_THREAD_TOKENS, MAX_THREAD_TOKENS
from postroom.web.rest.answering import answer, repeatable
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, IncludeQuoted, Limit, MailboxNamed, MaxTokens
from postroom.web.rest.strict_route import subject

routes = subject("threads")


@routes.get("", response_model=ThreadList)
async def list_threads(
    asked: Asked,
    mailbox: MailboxNamed = None,
    query: Annotated[
        str | None,
        Query(max_length=500, description="Words of one message: subject, people or text."),
    ] = None,
    awaiting: Annotated[
        Literal["us", "them"] | None, Query(description="Who must answer next.")
    ] = None,
    label: Annotated[
        str | None, Query(max_length=160, description="Only those with this label.")
    ] = None,
    since: Annotated[
        str | None,
        Query(max_length=40, description='An ISO 8601 time, or "24h" for the last day.'),
    ] = None,
    limit: Limit = DEFAULT_LIST,
    cursor: Cursor = None,
    max_tokens: MaxTokens = MAX_THREAD_TOKENS,
) -> Response:
    """Your conversations, newest first; the page ends earlier where `max_tokens` are reached."""
    found = asked.desk.reading.threads(
        asked.caller, mailbox, query, awaiting, since, limit, cursor, max_tokens, label
    )
    if since is not None:  # a duration before now: each moment asks for another time
        return answer(await found)
    return await repeatable(asked, found, time="as_of")


@routes.get("/{thread_id}", response_model=ThreadView)
async def get_thread(
    asked: Asked,
    thread_id: str,
    max_tokens: MaxTokens = DEFAULT_THREAD_TOKENS,
    cursor: Cursor = None,
    include_quoted: IncludeQuoted = False,
) -> Response:
    """One conversation, oldest message first, with only the new words of each.

    The newest comes before all others, then the oldest, then the rest from the newest down. What
    does not fit into `max_tokens` is said in `left_out`, and `next_cursor` gets it.
    """
    found = asked.desk.reading.thread(asked.caller, thread_id, max_tokens, cursor, include_quoted)
    return await repeatable(asked, found)
