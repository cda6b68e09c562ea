"""`postroom erase`: all mail with one correspondent, for good."""

import sys
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import err, say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.records_answers import ErasureReport


@click.command()
@click.argument("address")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
@pass_asked
def erase(asked: Asked, address: str, dry_run: bool, yes: bool) -> None:
    """Erase all mail with a correspondent, in every mailbox, from the post room's folder.

    The journal stays whole: it holds no address and no word. Mail on servers elsewhere stays there,
    and is not taken in again; so does mail of others that names the address. It cannot be undone.
    """
    from postroom.model.callers import operator

    seen = at_desk(
        asked, "erase", lambda room: room.desk.correspondence.preview(operator(), address)
    )
    if dry_run:
        say(asked.json, seen, lambda page: _show(page, seen))
        return
    if not yes:
        _ask(asked, seen)
    done = at_desk(
        asked,
        "erase",
        lambda room: room.desk.correspondence.erase(operator(), address),
        becomes_worker=True,
    )
    say(asked.json, done, lambda page: _show(page, done))


def _ask(asked: Asked, seen: "ErasureReport") -> None:
    """A person is asked; a script says --yes, because nobody would answer."""
    if asked.json or not sys.stdin.isatty():
        raise click.UsageError("What is erased cannot be had again: pass --yes, or --dry-run.")
    _show(err(), seen)
    click.confirm("Erase it for good?", abort=True, err=True)


def _show(page: "Page", found: "ErasureReport") -> None:
    will = "erased" if found.done else "would go"
    page.line((found.address, "bold"), f": {found.mails} mails {will}")
    if found.kept_out:
        page.line(f"  {found.kept_out} more in quarantine {will}.")
    if found.mailboxes:
        page.line(("  in ", "dim"), ", ".join(found.mailboxes))
    if found.under_way:
        page.line(f"  {found.under_way} sends are on their way and stay: settle them, and repeat.")
    if found.named_elsewhere:
        page.line(f"  {found.named_elsewhere} other mails name the address, and stay.")
