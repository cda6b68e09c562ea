"""What others report about a domain: who sends in its name, and what fails."""

from starlette.responses import Response

from postroom.model.domain_report_answers import SINCE
from postroom.model.errors import InvalidRequest
from postroom.web.console import plots
from postroom.web.console.asking import Asking


async def reports(asking: Asking) -> Response:
    """The reports of a domain, by day and by address."""
    name, since, error = asking.of_path("name"), asking.given("since") or SINCE, None
    try:
        found = await asking.desk.domain_reports.show(asking.caller, name, since)
    except InvalidRequest as wrong:
        found, error = await asking.desk.domain_reports.show(asking.caller, name), wrong
    return await asking.page(
        "domain_reports",
        400 if error else 200,
        found=found,
        since=since,
        error=error,
        by_day=plots.by_day(found.days),
    )
