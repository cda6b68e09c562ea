"""/v1/domains/{domain}/reports: what others report about a domain. For operators."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from postroom.model.domain_report_answers import SINCE, DomainReportsView
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("domains")


@routes.get("/{domain}/reports", response_model=DomainReportsView)
async def show_domain_reports(
    asked: Asked,
    domain: str,
    since: Annotated[
        str, Query(max_length=40, description="Only periods from this time on, or for so long.")
    ] = SINCE,
) -> Response:
    """Who sends in the name of a domain, what fails DMARC, and which TLS failed."""
    return answer(await asked.desk.domain_reports.show(asked.caller, domain, since))
