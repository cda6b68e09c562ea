"""`postroom quarantine`: mail that a rule keeps from its mailbox."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.plain import one_line

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.policy_answers import QuarantineList


@click.group()
def quarantine() -> None:
    """Mail that an inbound rule of policy.toml keeps from its mailbox: list it, or let it go."""


@quarantine.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List what is kept aside, newest first, and by which rule."""
    from postroom.model.callers import operator

    found = at_desk(asked, "quarantine list", lambda room: room.desk.quarantine.list(operator()))
    say(asked.json, found, lambda page: _list(page, found))


@quarantine.command()
@click.argument("mail", metavar="MAIL")
@shared
@pass_asked
def release(asked: Asked, mail: str) -> None:
    """Let MAIL (q_…) into its mailbox, as if it came now."""
    from postroom.model.callers import operator

    done = at_desk(
        asked, "quarantine release", lambda room: room.desk.quarantine.release(operator(), mail)
    )
    say(asked.json, done, lambda page: page.line(f"{done.message_id} is in {done.mailbox} now."))


def _list(page: "Page", found: "QuarantineList") -> None:
    if not found.mails:
        page.line("Nothing is kept aside.")
    for one in found.mails:
        kept = "blocked" if one.blocked else "kept aside"
        page.line((one.id, "bold"), f"  for {one.mailbox}, {one.arrived_at}")
        name = f"{one.untrusted_from_name} " if one.untrusted_from_name else ""
        sender = f"{one_line(name)}<{one.from_address}> ({one.sender_verdict})"
        page.line(("  from: ", "dim"), sender)
        page.line(("  subject: ", "dim"), one_line(one.untrusted_subject) or "(none)")
        page.line((f"  {kept} by rule: ", "dim"), one.rule)
    if found.more:
        page.line("More stand behind them.")
