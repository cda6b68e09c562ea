"""/v1/trace, /v1/audit: what happened to a mail, and the journal as it stands. For operators."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from postroom.model.answers import Trace
from postroom.model.audit_answers import AuditCheck, AuditLine
from postroom.web.rest.answering import answer, written
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("records", prefix="")

NDJSON = "application/x-ndjson"


@routes.get("/trace", response_model=Trace)
async def trace(
    asked: Asked,
    about: Annotated[
        str,
        Query(
            max_length=1_000,
            description="A send (s_…), a message (m_…), a Message-ID, or a mailbox's address.",
        ),
    ],
) -> Response:
    """The whole way of a mail, or what happened to a mailbox."""
    return answer(await asked.desk.tracing.trace(asked.caller, about))


@routes.get("/audit/check", response_model=AuditCheck)
async def check_audit(
    asked: Asked,
    head: Annotated[
        str | None,
        Query(max_length=200, description="One that was noted earlier, which must be there."),
    ] = None,
) -> Response:
    """Whether every event of the journal is what was written, and where it first is not."""
    return answer(await asked.desk.audit.verify(asked.caller, head))


@routes.get(
    "/audit",
    response_class=Response,
    responses={
        200: {
            "description": "One event a line, oldest first, as JSON.",
            "content": {NDJSON: {"schema": {"type": "string"}}},
        }
    },
)
async def export_audit(
    asked: Asked,
    after: Annotated[
        int, Query(ge=0, lt=2**63, description="Only events behind this position.")
    ] = 0,
    since: Annotated[
        str | None, Query(max_length=40, description="Only from this time on, or for so long.")
    ] = None,
) -> Response:
    """The journal to take away: one event a line, each chained to the one before."""
    lines = asked.desk.audit.export(asked.caller, after, since)
    first = await anext(lines, None)  # where it may not be asked, that is known now
    return StreamingResponse(_lines(first, lines), media_type=NDJSON)


async def _lines(first: AuditLine | None, rest: AsyncIterator[AuditLine]) -> AsyncIterator[bytes]:
    if first is not None:
        yield written(first) + b"\n"
    async for line in rest:
        yield written(line) + b"\n"
