"""/v1/domains/{domain}/check: what the checks of a domain of one's own found. For operators."""

from starlette.responses import Response

from postroom.model.domain_check_answers import DomainCheck
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("domains")


@routes.get("/{domain}/check", response_model=DomainCheck)
async def get_domain_check(asked: Asked, domain: str) -> Response:
    """What the last check found: it is made once an hour, and soon after a change."""
    return answer(await asked.desk.domain_checks.last(asked.caller, domain))


@routes.post("/{domain}/check", response_model=DomainCheck)
async def check_domain(asked: Asked, domain: str) -> Response:
    """Have it checked anew now. Where that takes more than twenty seconds the answer is what was
    found before, with ``under_way``."""
    return answer(await asked.desk.domain_checks.again(asked.caller, domain))
