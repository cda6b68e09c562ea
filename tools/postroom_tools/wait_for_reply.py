"""wait_for_reply: what is new in a thread or mailbox, at once or when it comes."""

from typing import TYPE_CHECKING

from pydantic import Field

from postroom.model.answers import WaitAnswer
from postroom.model.callers import Caller
from postroom.model.limits import DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS
from postroom_tools.inputs import Cursor, Mailbox, ThreadId
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class WaitForReply(Arguments):
    thread_id: ThreadId | None = Field(default=None, description="In this thread.")
    mailbox: Mailbox | None = Field(default=None, description="Or any new mail in this mailbox.")
    after: Cursor | None = Field(
        default=None,
        description=(
            "The after of the latest answer for the same scope; marks as done what lies before it."
        ),
    )
    sender: Mailbox | None = Field(
        default=None, description="Only mail from this address or domain, not name."
    )
    has_code: bool = Field(
        default=False,
        description="Only mail with a one-time code or confirmation link. Other mail stays unread.",
    )
    timeout_seconds: float = Field(
        default=DEFAULT_WAIT_SECONDS,
        ge=0,
        le=MAX_WAIT_SECONDS,
        description="At most 25, unless your client allows longer calls.",
    )


async def run(
    desk: "Desk", caller: Caller, given: WaitForReply, progress: Progress | None
) -> WaitAnswer:
    return await desk.waiting.wait(
        caller,
        thread_id=given.thread_id,
        mailbox=given.mailbox,
        after=given.after,
        timeout_seconds=given.timeout_seconds,
        progress=progress,
        sender=given.sender,
        has_code=given.has_code,
    )


TOOL = Tool(
    name="wait_for_reply",
    title="Wait for new mail",
    description=(
        "Wait until mail arrives in a thread or mailbox; what is already there and unanswered"
        " returns at once. A timeout is no error: do what next_step says. Safe to repeat; a reply"
        " between two calls is not missed."
    ),
    arguments=WaitForReply,
    answer=WaitAnswer,
    run=run,
    scope="read",
    in_one_thread=True,
    spelled_elsewhere=frozenset({"messages"}),
    # Passing a cursor books what lies before it as seen, as any reader's bookmark does: no mail
    # changes, and the same call gives the same answer.
    read_only=True,
)
