"""`postroom doctor`: what runs, where, and what is wrong."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.answers import Health


@click.command()
@shared
@pass_asked
def doctor(asked: Asked) -> int:
    """Say what runs, where, and what is wrong, each with what to do. Exit code 1 if anything is."""
    from postroom.model.callers import operator

    found = at_desk(asked, "doctor", lambda room: room.desk.health.report(operator()))
    say(asked.json, found, lambda page: _show(page, found))
    return ExitCode.DONE if found.ok else ExitCode.FAILED


def _show(page: "Page", found: "Health") -> None:
    page.line(("home", "dim"), f"  {found.home}")
    good, bad = ("✓", "✗") if page.draws else ("ok", "!!")
    width = max(len(check.name) for check in found.checks)
    for check in found.checks:
        mark = (f"{good:<2} ", "green") if check.ok else (f"{bad:<2} ", "red")
        page.line(mark, f"{check.name:<{width}}  ", check.says)
        if check.next_step:
            page.line(" " * (width + 5), (for_people(check.next_step), "yellow"))
