"""`postroom domains remove`: a domain that is one's own no more."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.domain_answers import DomainRemoved


@click.command("remove")
@click.argument("domain")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
@pass_asked
def remove(asked: Asked, domain: str, yes: bool) -> int:
    """Let a domain be one of your own no more: its mail is signed no longer.

    The private parts of its keys are gone at once; the keys retire by their time. Its table goes
    from postroom.toml. No record is taken out of its zone: those that may go are shown.
    """
    from postroom.cli.accounts.questions import Questions
    from postroom.cli.commands.domains_records import needs_of
    from postroom.cli.domains import settings_file
    from postroom.model.callers import operator

    name = needs_of(asked, domain).domain
    question = f"Sign no more mail of {name}, and forget the private parts of its keys"
    if not yes and not Questions(asked).agrees(question, "--yes"):
        return ExitCode.FAILED
    settings_file.take_out(asked.place(), name)  # first: where that fails, nothing was changed
    gone = at_desk(asked, "domains remove", lambda room: room.desk.domains.remove(operator(), name))
    say(asked.json, gone, lambda page: _show(page, gone))
    return ExitCode.DONE


def _show(page: "Page", gone: "DomainRemoved") -> None:
    from postroom.cli.domains.page import show_each

    page.line((gone.domain, "bold"), " is none of your domains any more. These records may go:")
    show_each(page, gone.may_go)
    page.hint(gone.next_step)
