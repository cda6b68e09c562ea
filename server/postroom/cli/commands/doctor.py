"""`postroom doctor`: what runs, where, and what is wrong."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.answers import Health


@click.command()
@shared
@pass_asked
def doctor(asked: Asked) -> int:
    """Say what runs, where, and what is wrong, each with what to do. Exit code 1 if anything is."""
    from postroom.model.errors import NotFound

    try:
        found = at_desk(
            asked,
            "doctor",
            _report,
            makes_room=asked.is_meant(),
        )
    except NotFound as error:
        found = _nothing_here(str(asked.place()), error.next_step)
    say(asked.json, found, lambda page: _show(page, found))
    return ExitCode.DONE if found.ok else ExitCode.FAILED


async def _report(room: "PostRoom") -> "Health":
    from postroom.cli import issuer_check
    from postroom.model.callers import operator

    found = await room.desk.health.report(operator())
    more = await issuer_check.check(room.settings.operator.serve.issuer)
    ok = found.ok and all(each.ok for each in more)
    return found.model_copy(update={"ok": ok, "checks": (*found.checks, *more)})


def _nothing_here(home: str, next_step: str) -> "Health":
    """The report on a place where no post room has been opened yet."""
    from postroom.model.answers import Check, Health

    missing = Check(name="home", ok=False, says="nothing here yet", next_step=next_step)
    return Health(ok=False, home=home, checks=(missing,))


def _show(page: "Page", found: "Health") -> None:
    page.line(("home", "dim"), f"  {found.home}")
    good, bad, none = ("✓", "✗", "–") if page.draws else ("ok", "!!", "--")
    width = max(len(check.name) for check in found.checks)
    for check in found.checks:
        mark = (f"{good:<2} ", "green") if check.ok else (f"{bad:<2} ", "red")
        if check.because:  # no news of its own
            mark = (f"{none:<2} ", "dim")
        page.line(mark, f"{check.name:<{width}}  ", check.says)
        if check.next_step:
            page.line(" " * (width + 5), (for_people(check.next_step), "yellow"))
