"""/v1/domains: domains of one's own, and what each needs. For operators."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from postroom.model.domain_answers import DomainList, DomainRecords, DomainView
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("domains")

Domain = Annotated[str, Path(max_length=253, description="A domain, in either form.")]


@routes.get("", response_model=DomainList)
async def list_domains(asked: Asked) -> Response:
    """Every domain that was added, and the keys that its mail is signed with."""
    return answer(await asked.desk.domains.list(asked.caller))


@routes.get("/{domain}", response_model=DomainView)
async def show_domain(asked: Asked, domain: Domain) -> Response:
    """One domain."""
    return answer(await asked.desk.domains.show(asked.caller, domain))


@routes.get("/{domain}/records", response_model=DomainRecords)
async def records_of_domain(asked: Asked, domain: Domain) -> Response:
    """The records that a domain needs, from what is known here: nobody looks at what the DNS says,
    so what others put into a record is not in it, and none has a `state`."""
    return answer(await asked.desk.domains.records(asked.caller, domain))
