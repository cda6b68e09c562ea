"""What came of `postroom accounts add`."""

from postroom.cli.page import Page
from postroom.cli.wording import for_people
from postroom.model.messages import Frozen
from postroom.probe.findings import Probed


class Added(Frozen):
    """An account that is in postroom.toml now."""

    name: str
    address: str
    domain: str
    file: str
    backup: str | None
    """The file as it was before; None where there was none."""
    wrote: str
    """What was added to it."""
    password: str
    """Where it lies."""
    found: Probed
    next_step: str


def show_added(page: Page, added: Added) -> None:
    """For a person, who has seen the findings as they came."""
    page.line(("Added ", "bold"), f"to {added.file}:")
    page.lines(added.wrote, "    ")
    page.line(("Password: ", "dim"), added.password)
    if added.backup:
        page.line(("Backup: ", "dim"), added.backup)
    page.hint(for_people(added.next_step))
