"""`postroom backup`: the post room in one file, while it runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.backup_answers import BackupMade


@click.command()
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@shared
@pass_asked
def backup(asked: Asked, target: Path) -> None:
    """Write mailboxes, mail, journal, settings and rules into FILE, or into a file in FOLDER named
    by the time. Other processes go on meanwhile.

    Only you may read the file. It holds the mail, the mailboxes' passwords and a hash of the
    operator's passphrase; not the bearer token in the home, nor secrets that stand elsewhere.
    """
    from postroom.backup.making import make
    from postroom.cli.progress import progress_bar
    from postroom.cli.stopping import stoppable
    from postroom.clock import system_clock

    settings = asked.existing()
    with stoppable(), progress_bar("Copying") as told:
        made = make(settings, target, system_clock, told)
    say(asked.json, made, lambda page: _show(page, made))


def _show(page: "Page", made: "BackupMade") -> None:
    page.line(f"{made.size // 2**10} KB as of {made.made_at}: ", (made.file, "bold"))
    page.line(("journal: ", "dim"), made.head)
    if made.next_step:
        page.hint(for_people(made.next_step))
