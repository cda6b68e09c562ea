"""suppress: nothing more goes to somebody who asked for that."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from postroom.model.callers import Caller
from postroom.model.limits import MAX_NOTE_CHARS
from postroom.model.suppression_answers import Suppressed
from postroom_tools.inputs import MAX_ADDRESS_CHARS
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


class Suppress(Arguments):
    address: Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS_CHARS)] = Field(
        description="Theirs."
    )
    note: str = Field(default="", max_length=2 * MAX_NOTE_CHARS, description="Why.")


async def run(
    desk: "Desk", caller: Caller, given: Suppress, progress: Progress | None
) -> Suppressed:
    return await desk.suppressions.suppress(caller, given.address, given.note)


TOOL = Tool(
    name="suppress",
    title="Suppress address",
    description=(
        "Never mail an address again, since its owner asked you to stop. No tool can undo it."
    ),
    arguments=Suppress,
    answer=Suppressed,
    run=run,
    scope="send",
    idempotent=True,
)
