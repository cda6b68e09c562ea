"""What an argument may be, while it is typed: the caller's own mailboxes and threads.

Ids and addresses alone. A subject would help whoever chooses, and is a stranger's to write.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.model.callers import Caller
from postroom.model.limits import MAX_LIST, MAX_THREAD_TOKENS
from postroom_tools.prompts.catalogue import BY_NAME
from postroom_tools.prompts.prompt import ADDRESS, THREAD_ID, PromptArgument

if TYPE_CHECKING:
    from postroom.desk.desk import Desk

MAX_VALUES = 100
"""Of one answer: what MCP allows."""

_ID = "t_"


@dataclass(frozen=True)
class Completions:
    """What may stand there, likeliest first."""

    values: tuple[str, ...] = ()
    has_more: bool = False


NONE = Completions()


async def of_prompt(
    desk: "Desk", caller: Caller, prompt: str, argument: str, typed: str
) -> Completions:
    """Values of a prompt's argument; none where the caller may not use the prompt, or see them."""
    found = BY_NAME.get(prompt)
    if found is None or not found.is_for(caller):
        return NONE
    meant = next((each for each in found.arguments if each.name == argument), None)
    return await _of(desk, caller, meant, typed) if meant is not None else NONE


async def _of(desk: "Desk", caller: Caller, argument: PromptArgument, typed: str) -> Completions:
    if argument.form is ADDRESS:
        return await _addresses(desk, caller, typed)
    if argument.form is THREAD_ID:
        return await threads(desk, caller, typed, argument.awaiting)
    return NONE


async def _addresses(desk: "Desk", caller: Caller, typed: str) -> Completions:
    boxes = (await desk.mailboxes.list(caller)).mailboxes
    awaited = sorted(boxes, key=lambda box: box.awaiting_answer == 0)  # those that need somebody
    return _cut([box.address for box in awaited if box.address.startswith(typed.lower())])


async def threads(
    desk: "Desk", caller: Caller, typed: str, awaiting: str | None = None
) -> Completions:
    """Ids of threads, newest first, that begin with what is typed; or, where no id does, of those
    in which its words occur."""
    if "read" not in caller.scopes:
        return NONE
    if caller.thread is not None:
        return _cut([caller.thread] if caller.thread.startswith(typed) else [])
    begun = _ID.startswith(typed) or typed.startswith(_ID)
    found, more = await _listed(desk, caller, None if begun else typed, awaiting)
    cut = _cut([each for each in found if not begun or each.startswith(typed)])
    return Completions(cut.values, cut.has_more or more)


async def _listed(
    desk: "Desk", caller: Caller, query: str | None, awaiting: str | None
) -> tuple[list[str], bool]:
    """Ids of the newest threads, and whether there are more."""
    boxes: list[str | None] = [None]
    if caller.is_confined:  # it sees some mailboxes of its agent, and is asked about one at a time
        boxes = [box.address for box in (await desk.mailboxes.list(caller)).mailboxes]
    pages = [
        await desk.reading.threads(
            caller,
            mailbox=box,
            query=query,
            awaiting=awaiting,
            limit=MAX_LIST,
            max_tokens=MAX_THREAD_TOKENS,
        )
        for box in boxes
    ]
    every = [thread for page in pages for thread in page.threads]
    newest = sorted(every, key=lambda thread: thread.last_message_at, reverse=True)
    return [thread.thread_id for thread in newest], any(page.next_cursor for page in pages)


def _cut(values: list[str]) -> Completions:
    return Completions(tuple(values[:MAX_VALUES]), len(values) > MAX_VALUES)
