"""`postroom domains publish`: a domain's records, written into its zone."""

from typing import TYPE_CHECKING

import click

from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.exits import ExitCode

if TYPE_CHECKING:
    from postroom.desk.domains.records import Needs


@click.command("publish")
@click.argument("domain")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--replace-mx", is_flag=True, help="Also where mail goes to other hosts by now.")
@shared
@pass_asked
def publish(asked: Asked, domain: str, dry_run: bool, replace_mx: bool) -> int:
    """Write the records of a domain into its zone, and touch nothing else there.

    By an update (RFC 2136) or through OctoDNS, as `publish` of the domain says in postroom.toml.
    Exit code 1 where a record was left as it is.
    """
    from postroom.cli.commands.domains_records import needs_of

    return publish_now(asked, needs_of(asked, domain), replace_mx, dry_run)


def publish_now(asked: Asked, needs: "Needs", replace_mx: bool, dry_run: bool) -> int:
    """Publish what a domain needs, and tell what came of it."""
    from postroom.cli.accounts.at_once import at_once
    from postroom.cli.answers import say
    from postroom.cli.domains.publishing import published, show, view

    told = view(needs.domain, at_once(published(needs, replace_mx, dry_run)))
    say(asked.json, told, lambda page: show(page, told))
    return ExitCode.FAILED if told.left else ExitCode.DONE
