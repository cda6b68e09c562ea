"""read_attachment: the words of a received file."""

from typing import TYPE_CHECKING

from pydantic import Field

from postroom.model.answers import AttachmentAnswer
from postroom.model.callers import Caller
from postroom.model.limits import DEFAULT_THREAD_TOKENS, MAX_THREAD_TOKENS
from postroom_tools.inputs import MAX_ID_CHARS
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


async def run(
    desk: "Desk", caller: Caller, given: ReadAttachment, progress: Progress | None
) -> AttachmentAnswer:
    return await desk.attachments.read(caller, given.attachment_id, max_tokens=given.max_tokens)


TOOL = Tool(
    name="read_attachment",
    title="Read attachment",
    description=(
        "The text of an attachment that get_thread or wait_for_reply listed; for other files, what"
        " it is. To pass a file on, give its attachment_id to send_email."
    ),
    arguments=ReadAttachment,
    answer=AttachmentAnswer,
    run=run,
    read_only=True,
)
