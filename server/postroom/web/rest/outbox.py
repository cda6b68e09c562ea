"""/v1/outbox: what was to be sent, and taking it back."""

from pydantic import Field
from starlette.responses import Response

from postroom.model.held_answers import Decision, SendState, UnsentList
from postroom.model.limits import MAX_NOTE_CHARS
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, Limit
from postroom.web.rest.strict_route import Given, subject

routes = subject("outbox")


class Note(Given):
    """Words about a decision."""

    note: str = Field(
        default="", max_length=2 * MAX_NOTE_CHARS, description="A person's words to the agent."
    )


@routes.get("", response_model=UnsentList)
async def list_outbox(asked: Asked, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What is queued, scheduled, held, on its way or in doubt, oldest first."""
    return answer(await asked.desk.unsent.list(asked.caller, limit, cursor))


@routes.get("/{send_id}", response_model=SendState)
async def get_send(asked: Asked, send_id: str) -> Response:
    """One send, whatever became of it."""
    return answer(await asked.desk.unsent.show(asked.caller, send_id))


@routes.post("/{send_id}/cancel", response_model=Decision)
async def cancel_send(asked: Asked, send_id: str, given: Note) -> Response:
    """Take back a mail that is queued, scheduled or held, and that no server can have yet."""
    return answer(await asked.desk.unsent.cancel(asked.caller, send_id, given.note))
