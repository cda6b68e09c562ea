"""`postroom sends`: what has not gone yet, and taking it back."""

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk


@click.group()
def sends() -> None:
    """Mail that has not gone yet: list it, take it back. What a person must decide about is under
    `postroom approvals`."""


@sends.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List the outbox: what is queued, scheduled, held, on its way, or in doubt."""
    from postroom.cli.approval_page import show_unsent
    from postroom.model.callers import operator

    found = at_desk(asked, "sends list", lambda room: room.desk.unsent.list(operator()))
    say(asked.json, found, lambda page: show_unsent(page, found))


@sends.command("cancel")
@click.argument("send", metavar="SEND")
@click.option("--note", default="", metavar="TEXT", help="Your words to the agent.")
@shared
@pass_asked
def cancel(asked: Asked, send: str, note: str) -> None:
    """Take back a mail that is queued, scheduled or held, and that no server can have yet."""
    from postroom.cli.approval_page import show_decision
    from postroom.model.callers import operator

    done = at_desk(
        asked, "sends cancel", lambda room: room.desk.unsent.cancel(operator(), send, note)
    )
    say(asked.json, done, lambda page: show_decision(page, done))
