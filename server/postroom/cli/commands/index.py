"""`postroom index`: care of the index."""

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk


@click.group()
def index() -> None:
    """Care of the index."""


@index.command("rebuild")
@shared
@pass_asked
def rebuild(asked: Asked) -> None:
    """Make anew what is derived (fields, threads, search) from the raw mail: same ids, no event."""
    from postroom.cli.progress import progress_bar
    from postroom.model.callers import operator

    with progress_bar("Reading the mail again") as told:
        report = at_desk(
            asked, "index rebuild", lambda room: room.desk.health.rebuild(operator(), told)
        )

    kept = f"; {report.unreadable} kept as they were" if report.unreadable else ""
    say(
        asked.json,
        report,
        lambda page: page.line(f"{report.messages} messages in {report.threads} threads{kept}."),
    )
