"""create_mailbox: an email address of the agent's own."""

from typing import TYPE_CHECKING

from pydantic import Field

from postroom.model.answers import MailboxCreated
from postroom.model.callers import Caller
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class CreateMailbox(Arguments):
    username: str | None = Field(
        default=None, max_length=320, description="Part before the @; left out, one is made up."
    )
    display_name: str | None = Field(
        default=None, max_length=200, description="Name that recipients see."
    )
    domain: str | None = Field(
        default=None, max_length=255, description="Only if the operator offers several."
    )
    expires_in: str | None = Field(
        default=None, max_length=20, description='Makes it disposable: "90s", "2h", "7d".'
    )


async def run(
    desk: "Desk", caller: Caller, given: CreateMailbox, progress: Progress | None
) -> MailboxCreated:
    return await desk.mailboxes.create(
        caller,
        username=given.username,
        display_name=given.display_name,
        domain=given.domain,
        expires_in=given.expires_in,
    )


TOOL = Tool(
    name="create_mailbox",
    title="Create mailbox",
    description=(
        "Get an email address of your own. Asking again for a username you own returns the same"
        " mailbox. Next: send_email or wait_for_reply."
    ),
    arguments=CreateMailbox,
    answer=MailboxCreated,
    run=run,
    scope="create",
)
