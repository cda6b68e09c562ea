"""`postroom trace`: the whole way of a mail."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.answers import Trace


@click.command()
@click.argument("what", metavar="SEND|MESSAGE|MESSAGE-ID|ADDRESS")
@shared
@pass_asked
def trace(asked: Asked, what: str) -> None:
    """Tell the whole way of a mail: intent, verdict, SMTP replies; or folder, thread and why."""
    from postroom.model.callers import operator

    found = at_desk(asked, "trace", lambda room: room.desk.tracing.trace(operator(), what))
    say(asked.json, found, lambda page: _show(page, found))


def _show(page: "Page", found: "Trace") -> None:
    page.line((found.subject, "bold"))
    for step in found.steps:
        page.line((f"  {step.at}  ", "dim"), step.what)
        if step.detail:
            page.lines(step.detail, " " * 24, "dim")
