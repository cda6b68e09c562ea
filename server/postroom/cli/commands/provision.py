"""`postroom provision`: servers whose mailboxes Postroom makes, and how they are set up."""

import click

from postroom.cli.lazy import LazyGroup


@click.group()
def provision() -> None:
    """Servers whose mailboxes Postroom makes."""


@provision.group(
    "print",
    cls=LazyGroup,
    # Its options are those of the files' model, which takes time to load.
    lazy={"postfix-dovecot": "postroom.cli.commands.postfix_dovecot:postfix_dovecot"},
)
def print_() -> None:
    """Print how such a server is set up."""
