"""/v1/suppressions: whom nothing more is sent to."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from postroom.model.limits import MAX_NOTE_CHARS
from postroom.model.suppression_answers import (
    Imported,
    Suppressed,
    SuppressionList,
    Unsuppressed,
)
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.downloading import CSV, SAVED, saved
from postroom.web.rest.parameters import Cursor, Limit
from postroom.web.rest.strict_route import Given, body_of, require_type, subject, text_of

routes = subject("suppressions")

MAX_CSV_BYTES = 16 * 1024 * 1024
"""Of a list, bytes: some hundred thousand addresses."""

Address = Annotated[str, Query(max_length=400, description="As local@domain.")]

_SCOPE = "everywhere, tenant:NAME or mailbox:ADDRESS"


class NewSuppression(Given):
    """An address that nothing more is sent to."""

    address: str = Field(max_length=400, examples=["ben@example.com"])
    scope: str = Field(default="everywhere", max_length=400, description=f"{_SCOPE}.")
    note: str = Field(default="", max_length=2 * MAX_NOTE_CHARS)


class Asks(Given):
    """An address whose owner asked for no more mail."""

    address: str = Field(max_length=400, examples=["ben@example.com"])
    mailbox: str | None = Field(
        default=None, max_length=320, description="Only from this one; else from all of a tenant's."
    )
    note: str = Field(default="", max_length=2 * MAX_NOTE_CHARS)


@routes.get("", response_model=SuppressionList)
async def list_suppressions(
    asked: Asked,
    address: Annotated[
        str | None, Query(max_length=400, description="Only what holds for this one.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What holds, by address. For operators."""
    return answer(await asked.desk.suppressions.list(asked.caller, address, limit, cursor))


@routes.post("", response_model=Suppressed)
async def add_suppression(asked: Asked, given: NewSuppression) -> Response:
    """Send nothing more to an address. For operators."""
    return answer(await asked.desk.suppressions.add(asked.caller, **given.model_dump()))


@routes.post("/ask", response_model=Suppressed)
async def suppress(asked: Asked, given: Asks) -> Response:
    """Send nothing more to an address, as its owner asked an agent. No agent lifts that."""
    return answer(await asked.desk.suppressions.suppress(asked.caller, **given.model_dump()))


@routes.delete("", response_model=Unsuppressed)
async def remove_suppression(
    asked: Asked,
    address: Address,
    scope: Annotated[
        str, Query(max_length=400, description=f"{_SCOPE}; left out, all of them.")
    ] = "",
) -> Response:
    """Lift what holds for an address. For operators."""
    return answer(await asked.desk.suppressions.remove(asked.caller, address, scope))


@routes.get("/csv", response_class=Response, responses=SAVED[CSV])
async def export_suppressions(asked: Asked) -> Response:
    """All of them as CSV: address, scope, reason, at. For operators."""
    lines = await asked.desk.suppressions.export(asked.caller)
    return saved(lines.encode(), "suppressions.csv", CSV)


@routes.post(
    "/csv",
    response_model=Imported,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {CSV: {"schema": {"type": "string"}, "example": "address\nben@x.test\n"}},
        }
    },
)
async def import_suppressions(asked: Asked) -> Response:
    """Suppress what a CSV names; a line that means nothing is named, and nothing is taken then. For
    operators."""
    require_type(asked.request, CSV)
    text = text_of(await body_of(asked.request, MAX_CSV_BYTES))
    return answer(await asked.desk.suppressions.take_in(asked.caller, text))
