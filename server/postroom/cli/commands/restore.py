"""`postroom restore`: the post room again, from a backup."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.backup_answers import Restored


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Set aside what is in the home.")
@shared
@pass_asked
def restore(asked: Asked, file: Path, replace: bool) -> None:
    """Put the post room of a backup into the home, where no process has one open.

    Mail that may have gone since the backup was made does not go by itself: `postroom approvals`.
    """
    from postroom.backup.restoring import restore as put_back
    from postroom.cli.progress import progress_bar
    from postroom.cli.stopping import stoppable
    from postroom.clock import system_clock
    from postroom.settings import home_only

    settings = home_only(asked.home)
    with stoppable(), progress_bar("Unpacking") as told:
        done = put_back(file, settings, system_clock, told, replace=replace)
    say(asked.json, done, lambda page: _show(page, done))


def _show(page: "Page", done: "Restored") -> None:
    page.line(f"{done.mailboxes} mailboxes as of {done.made_at} are at ", (done.home, "bold"))
    page.line(f"{done.held} sends wait for a person, as they may have gone since then.")
    if done.set_aside:
        page.line(f"What was there before is in {done.set_aside}.")
    page.line(("journal: ", "dim"), done.head)
    page.hint(for_people(done.next_step))
