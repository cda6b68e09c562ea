"""`postroom retention`: mail that is older than it may be."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.records_answers import MailboxRemovals, RetentionReport


@click.group()
def retention() -> None:
    """How long mail is kept: see what goes, or let it go now."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@shared
@pass_asked
def run(asked: Asked, dry_run: bool) -> None:
    """Let go what [retention] in postroom.toml says has had its time; it goes by itself, too.

    When it returns no byte of it is left in the post room's folder. Mail on servers elsewhere stays
    there.
    """
    from postroom.model.callers import operator

    if dry_run:
        found = at_desk(
            asked, "retention run", lambda room: room.desk.retention.preview(operator())
        )
    else:
        found = at_desk(
            asked,
            "retention run",
            lambda room: room.desk.retention.run(operator()),
            becomes_worker=True,
        )
    say(asked.json, found, lambda page: _show(page, found))


def _show(page: "Page", found: "RetentionReport") -> None:
    will = "have gone in part or whole" if found.done else "would go in part or whole"
    if found.mailboxes:
        page.table(
            ("mailbox", "raw and files", "words too", "all", "in quarantine", "raw bytes"),
            [_line(one) for one in found.mailboxes],
        )
    more = "" if found.complete else ", and more"
    total = sum(one.raw + one.words + one.all + one.kept_out for one in found.mailboxes)
    page.line(f"{total} mails{more} {will}." if total else "Nothing has had its time.")
    for each in found.unknown:
        page.line(("unknown: ", "yellow"), f"postroom.toml says how long mail is kept of {each}")


def _line(one: "MailboxRemovals") -> tuple[str, ...]:
    counted = (one.raw, one.words, one.all, one.kept_out, one.raw_bytes)
    return (one.mailbox, *map(str, counted))
