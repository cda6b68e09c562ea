"""list_threads: the conversations of the agent's mailboxes, newest first."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from postroom.model.answers import ThreadList
from postroom.model.callers import Caller
from postroom.model.limits import (
    DEFAULT_LIST,
    DEFAULT_THREAD_TOKENS,
    MAX_LIST,
    MAX_THREAD_TOKENS,
    MIN_ANSWER_TOKENS,
)
from postroom_tools.inputs import Cursor, Mailbox
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class ListThreads(Arguments):
    mailbox: Mailbox | None = Field(default=None, description="Only this mailbox of yours.")
    query: str | None = Field(
        default=None, max_length=1000, description="Words in subject, people or text."
    )
    awaiting: Literal["us", "them"] | None = Field(
        default=None, description="Who must answer next; us = you."
    )
    label: str | None = Field(default=None, max_length=160, description="Only with it.")
    since: str | None = Field(
        default=None, max_length=40, description='ISO 8601, or "24h": the last day.'
    )
    limit: int = Field(default=DEFAULT_LIST, ge=1, le=MAX_LIST, description="Threads a page.")
    max_tokens: int = Field(
        default=DEFAULT_THREAD_TOKENS,
        ge=MIN_ANSWER_TOKENS,
        le=MAX_THREAD_TOKENS,
        description="Of the answer.",
    )
    cursor: Cursor | None = Field(default=None, description="next_cursor, for more.")


async def run(
    desk: "Desk", caller: Caller, given: ListThreads, progress: Progress | None
) -> ThreadList:
    return await desk.reading.threads(
        caller,
        mailbox=given.mailbox,
        query=given.query,
        awaiting=given.awaiting,
        label=given.label,
        since=given.since,
        limit=given.limit,
        cursor=given.cursor,
        max_tokens=given.max_tokens,
    )


TOOL = Tool(
    name="list_threads",
    title="List threads",
    description=(
        "Your conversations, newest first; find one with query, or what needs you with"
        ' awaiting="us". Next: get_thread.'
    ),
    arguments=ListThreads,
    answer=ThreadList,
    run=run,
    scope="read",
    read_only=True,
)
