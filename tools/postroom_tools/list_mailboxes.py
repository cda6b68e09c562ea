"""list_mailboxes: what the agent owns, and where somebody waits for it."""

from typing import TYPE_CHECKING

from postroom.model.answers import MailboxList
from postroom.model.callers import Caller
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class ListMailboxes(Arguments):
    pass


async def run(
    desk: "Desk", caller: Caller, given: ListMailboxes, progress: Progress | None
) -> MailboxList:
    return await desk.mailboxes.list(caller)


TOOL = Tool(
    name="list_mailboxes",
    title="List mailboxes",
    description=(
        "Your mailboxes, how many threads in each await your answer, and problems. Call it first"
        " in a new chat."
    ),
    arguments=ListMailboxes,
    answer=MailboxList,
    run=run,
    scope="read",
    read_only=True,
)
