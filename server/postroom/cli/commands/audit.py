"""`postroom audit`: the journal as an audit trail."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.audit_answers import AuditCheck


@click.group()
def audit() -> None:
    """Who did what, and when: check that it is as it was written, or take it away."""


@audit.command("verify")
@click.option(
    "--head", metavar="POSITION:HASH", help="One noted earlier, which the journal has to hold."
)
@shared
@pass_asked
def verify(asked: Asked, head: str | None) -> int:
    """Find the first event that was changed, put in or taken out. Exit code 1 if there is one.

    Note the head that it says outside of this machine, and pass it next time: whoever can write the
    index can write all of it anew, and only a head that they cannot write shows that.
    """
    from postroom.cli.progress import progress_bar
    from postroom.model.callers import operator

    with progress_bar("Following the journal") as told:
        found = at_desk(
            asked,
            "audit verify",
            lambda room: room.desk.audit.verify(operator(), head, told),
        )
    say(asked.json, found, lambda page: _show(page, found))
    return ExitCode.DONE if found.intact else ExitCode.FAILED


@audit.command("export")
@click.option("--after", type=click.IntRange(0), default=0, help="Only what is behind a position.")
@click.option("--since", metavar="WHEN", help='A time, or a duration before now: "24h", "7d".')
@shared
@pass_asked
def export(asked: Asked, after: int, since: str | None) -> None:
    """Print every event as JSON Lines: who, what, when, the verdict, the content's hash.

    A line holds ids, our own mailbox's address, and no word of any mail.
    """
    at_desk(asked, "audit export", lambda room: _export(room, after, since))


async def _export(room: "PostRoom", after: int, since: str | None) -> None:
    from postroom.model.callers import operator

    async for line in room.desk.audit.export(operator(), after, since):
        say_json(line.model_dump(mode="json", exclude_none=True))


def _show(page: "Page", found: "AuditCheck") -> None:
    page.line((found.says, "green" if found.intact else "bold red"))
    page.line(("head: ", "dim"), found.head)
    if found.next_step:
        page.hint(for_people(found.next_step))
