"""What runs and what is wrong, with figures."""

from starlette.responses import Response

from postroom.web.console import plots
from postroom.web.console.asking import Asking


async def health(asking: Asking) -> Response:
    """Each thing that was looked at, and how much goes in and out."""
    figures = await asking.desk.figures.show(asking.caller)
    return await asking.page(
        "health",
        report=await asking.desk.health.report(asking.caller),
        figures=figures,
        by_hour=plots.by_hour(figures.hours),
        answered=plots.answered(figures.answered_within),
        queued=plots.queued(figures.queue),
        meters=plots.meters(figures.limits),
    )
