"""`postroom domains`: domains of one's own."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.domain_answers import DkimKeyView, DomainList


@click.group(
    cls=LazyGroup,
    lazy={
        "add": "postroom.cli.commands.domains_add:add",
        "records": "postroom.cli.commands.domains_records:records",
        "check": "postroom.cli.commands.domain_check:check",
        "publish": "postroom.cli.commands.domains_publish:publish",
        "dmarc": "postroom.cli.commands.domains_add:dmarc",
        "policy": "postroom.cli.commands.domains_records:policy",
        "rotate-dkim": "postroom.cli.commands.domain_rotation:rotate_dkim",
        "remove": "postroom.cli.commands.domains_remove:remove",
        "reports": "postroom.cli.commands.domain_reports:reports",
        "reputation": "postroom.cli.commands.domain_reputation:reputation",
        "resume": "postroom.cli.commands.domain_reputation:resume",
    },
)
def domains() -> None:
    """Domains of your own: what the DNS is to say of them, and whether it does."""


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
        name = f" ({one.name})" if one.name else ""
        unserved = "" if one.served else "  (no mailboxes can be made in it)"
        state = one.state or "not checked yet"
        paused = ("  paused: mail to people outside waits", "bold red") if one.paused else ""
        page.line((one.domain, "bold"), name, f"  {state}", paused, unserved)
        for key in one.dkim_keys:
            page.line((f"  {key.state}: ", "dim"), f"{key.selector} ({key.algorithm})", _waits(key))
        if one.paused:
            page.line("  ", (f"postroom domains reputation {one.domain} says why.", "dim"))


def _waits(key: "DkimKeyView") -> str:
    return f": {key.waits_for}" if key.waits_for else ""
