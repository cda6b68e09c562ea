"""read_attachment: the words of a received file."""

from typing import TYPE_CHECKING

from pydantic import Field

from postroom.model.answers import AttachmentAnswer
from postroom.model.callers import Caller
from postroom.model.limits import DEFAULT_THREAD_TOKENS, MAX_THREAD_TOKENS
from postroom_tools.inputs import MAX_ID_CHARS, Cursor
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class ReadAttachment(Arguments):
    attachment_id: str = Field(
        min_length=1,
        max_length=MAX_ID_CHARS,
        description="As a message lists it, or the l_… of a long link.",
    )
    max_tokens: int = Field(
        default=DEFAULT_THREAD_TOKENS, ge=100, le=MAX_THREAD_TOKENS, description="Of text."
    )
    cursor: Cursor | None = Field(default=None, description="next_cursor, for more.")


async def run(
    desk: "Desk", caller: Caller, given: ReadAttachment, progress: Progress | None
) -> AttachmentAnswer:
    return await desk.attachments.read(
        caller, given.attachment_id, max_tokens=given.max_tokens, cursor=given.cursor
    )


TOOL = Tool(
    name="read_attachment",
    title="Read attachment",
    description=(
        "The text of a received file (PDF, Office, HTML, calendar, mail, text), or why there is"
        " none. To pass it on: send_email with attachment_id."
    ),
    arguments=ReadAttachment,
    answer=AttachmentAnswer,
    run=run,
    scope="read",
    in_one_thread=True,
    read_only=True,
)
