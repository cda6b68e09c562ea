"""/v1/quarantine: mail that a rule keeps from its mailbox. For operators."""

from starlette.responses import Response

from postroom.model.policy_answers import QuarantineList, Released
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, Limit
from postroom.web.rest.strict_route import subject

routes = subject("quarantine")


@routes.get("", response_model=QuarantineList)
async def list_quarantine(asked: Asked, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What is kept aside, newest first."""
    return answer(await asked.desk.quarantine.list(asked.caller, limit, cursor))


@routes.post("/{quarantine_id}/release", response_model=Released)
async def release_mail(asked: Asked, quarantine_id: str) -> Response:
    """Let a mail into its mailbox, as if it came now."""
    return answer(await asked.desk.quarantine.release(asked.caller, quarantine_id))
