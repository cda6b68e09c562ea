"""`postroom operator`: who may decide."""

import asyncio
from pathlib import Path

import click

from postroom.cli.answers import out, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.passphrase import for_operators, read
from postroom.cli.words import READABLE


@click.group()
def operator() -> None:
    """The operator's own: the passphrase that decisions ask for."""


@operator.command("passphrase")
@click.option(
    "--new-passphrase-file",
    type=READABLE,
    metavar="FILE",
    help="Its first line is the new one, else it is asked for, twice.",
)
@for_operators
@shared
@pass_asked
def passphrase(
    asked: Asked, passphrase_file: Path | None, new_passphrase_file: Path | None
) -> None:
    """Set or change the passphrase that approving, denying and editing ask for.

    Whoever forgot it deletes the file operator.passphrase in the post room's folder and sets
    another one: who may write there is the operator.
    """
    from postroom.credentials import passphrase as kept

    file = asked.settings().passphrase_file
    existed = kept.is_set(file)
    if existed:
        asyncio.run(kept.check(file, read(asked, passphrase_file, "Passphrase until now")))
    new = read(
        asked, new_passphrase_file, "New passphrase", option="--new-passphrase-file", twice=True
    )
    asyncio.run(kept.keep(file, new))
    if asked.json:
        say_json({"passphrase": "changed" if existed else "set"})
    else:
        out().line(f"The operator's passphrase is {'changed' if existed else 'set'}.")
