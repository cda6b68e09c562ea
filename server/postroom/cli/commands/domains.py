"""`postroom domains`: domains of one's own."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.commands.domain_reputation import reputation, resume

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.domain_answers import DomainList


@click.group()
def domains() -> None:
    """Domains of your own: what the DNS is to say of them, and whether it does."""


domains.add_command(reputation)
domains.add_command(resume)


@domains.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List the domains, and the keys that their mail is signed with."""
    from postroom.model.callers import operator

    found = at_desk(asked, "domains list", lambda room: room.desk.domains.list(operator()))
    say(asked.json, found, lambda page: _list(page, found))


def _list(page: "Page", found: "DomainList") -> None:
    if not found.domains:
        page.line("There is no domain of your own yet: postroom domains add agents.example.com")
    for one in found.domains:
        page.line((one.domain, "bold"), "" if one.served else "  (no mailboxes can be made in it)")
        for key in one.dkim_keys:
            page.line((f"  {key.state}: ", "dim"), f"{key.selector} ({key.algorithm})")
