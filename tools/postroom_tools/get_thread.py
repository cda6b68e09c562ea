"""get_thread: one conversation, each message with its new words."""

from typing import TYPE_CHECKING

from pydantic import Field

from postroom.model.answers import ThreadView
from postroom.model.callers import Caller
from postroom.model.limits import DEFAULT_THREAD_TOKENS, MAX_THREAD_TOKENS, MIN_ANSWER_TOKENS
from postroom_tools.inputs import Cursor, ThreadId
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class GetThread(Arguments):
    thread_id: ThreadId = Field(description="As an answer gave it.")
    max_tokens: int = Field(
        default=DEFAULT_THREAD_TOKENS,
        ge=MIN_ANSWER_TOKENS,
        le=MAX_THREAD_TOKENS,
        description="Of the answer.",
    )
    cursor: Cursor | None = Field(default=None, description="next_cursor, for more.")
    include_quoted: bool = Field(default=False, description="Also quoted text and signatures.")


async def run(
    desk: "Desk", caller: Caller, given: GetThread, progress: Progress | None
) -> ThreadView:
    return await desk.reading.thread(
        caller,
        given.thread_id,
        max_tokens=given.max_tokens,
        cursor=given.cursor,
        include_quoted=given.include_quoted,
    )


TOOL = Tool(
    name="get_thread",
    title="Read thread",
    description=(
        "A conversation, oldest message first, each with its new words only; who p1 is stands in"
        " people, you is your mailbox. A message without to and cc went to all of the thread's to"
        " but its sender. Does not mark anything as read. Next: send_email with"
        " thread_id, or read_attachment (also for a link shown as l_…)."
    ),
    arguments=GetThread,
    answer=ThreadView,
    run=run,
    scope="read",
    in_one_thread=True,
    read_only=True,
)
