"""`postroom accounts add`: from an address to an account that works."""

from pathlib import Path
from typing import Any

import click

from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.seconds import Seconds

SECURITY = click.Choice(["tls", "starttls", "none"])
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("add")
@click.option("--address", help="The account's address.")
@click.option("--name", help="What to call it.  [default: its provider, or its domain]")
@click.option("--user", help="The login name, where it is not the address.")
@click.option("--imap", metavar="HOST[:PORT]", help="Its IMAP server, in place of looking for it.")
@click.option("--imap-security", type=SECURITY, help="How to reach it; follows from the port.")
@click.option("--smtp", metavar="HOST[:PORT]", help="Its submission server, likewise.")
@click.option("--smtp-security", type=SECURITY, help="How to reach it; follows from the port.")
@click.option("--certificates", type=FILE, help="Trust these (PEM) in place of the system's.")
@click.option("--password-file", type=FILE, help="The password is in this file, and stays there.")
@click.option("--password-env", metavar="NAME", help="It is in this environment variable.")
@click.option("--keyring", is_flag=True, help="It is in the system's keyring already.")
@click.option("--domain", help="Whose mailboxes are its addresses.  [default: the address's]")
@click.option(
    "--addresses",
    type=click.Choice(["sub-address", "catch-all", "folder"]),
    default="sub-address",
    show_default=True,
    help="agent+NAME@domain; NAME@domain where the account gets all of a domain's mail; or the"
    " first, where the server files each address's mail in a folder NAME.",
)
@click.option("--separator", metavar="CHAR", help="Between the two parts of a sub-address.")
@click.option("--accept-outside", is_flag=True, help="Try servers outside the address's domain.")
@click.option("--send/--no-send", default=True, help="Try it with a mail to itself.  [default: on]")
@click.option(
    "--patience",
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    type=Seconds(1, 600),
    help="How long to wait for that mail.",
)
@click.option("--anyway", is_flag=True, help="Add it though that mail did not arrive.")
@click.option("--nameserver", metavar="HOST:PORT", hidden=True)
@shared
@pass_asked
def add(asked: Asked, /, **given: Any) -> int:
    """Add a real mail account: find its servers, log in, send it a mail, write postroom.toml.

    What is not said by an option is asked. Nothing is written before all of it works.
    """
    from postroom.cli.accounts.adding import Adding
    from postroom.cli.accounts.wanted import Wanted

    return Adding(asked, Wanted(**given).checked()).run()
