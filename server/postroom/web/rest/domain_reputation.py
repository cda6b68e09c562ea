"""/v1/domains/NAME/reputation: how a domain stands with those whom it writes to. For operators."""

from starlette.responses import Response

from postroom.model.reputation_answers import DomainReputation, ReputationList
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("domains")


@routes.get("/reputation", response_model=ReputationList)
async def list_reputation(asked: Asked) -> Response:
    """Every domain from which mail goes outside: what comes back, what is called unwanted, where
    it is in its warm-up, and whether its sending is paused."""
    return answer(await asked.desk.reputation.list(asked.caller))


@routes.get("/{domain}/reputation", response_model=DomainReputation)
async def show_reputation(asked: Asked, domain: str) -> Response:
    """One of them."""
    return answer(await asked.desk.reputation.show(asked.caller, domain))
