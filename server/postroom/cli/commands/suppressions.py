"""`postroom suppressions`: whom nothing more is sent to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.cli.passphrase import for_operators, require
from postroom.cli.plain import one_line
from postroom.cli.words import READABLE

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.suppression_answers import SuppressionList, Unsuppressed

MAX_BYTES = 64 * 2**20
"""Of a file that is taken in: about a million addresses."""

_MAILBOX = click.option(
    "--mailbox", metavar="ADDRESS", shell_complete=addresses, help="From this mailbox alone."
)
_TENANT = click.option("--tenant", metavar="NAME", help="From the mailboxes of this tenant alone.")


@click.group()
def suppressions() -> None:
    """Addresses that nothing more is sent to: who bounced, complained, unsubscribed, or said so."""


@suppressions.command("list")
@click.argument("address", required=False)
@shared
@pass_asked
def list_(asked: Asked, address: str | None) -> None:
    """List them by address, or what holds for ADDRESS: where, why, and since when."""
    from postroom.model.callers import operator

    found = at_desk(
        asked, "suppressions list", lambda room: room.desk.suppressions.list(operator(), address)
    )
    say(asked.json, found, lambda page: _list(page, found))


@suppressions.command()
@click.argument("address")
@_MAILBOX
@_TENANT
@click.option("--note", default="", metavar="TEXT", help="Why.")
@shared
@pass_asked
def add(asked: Asked, address: str, mailbox: str | None, tenant: str | None, note: str) -> None:
    """Send nothing more to ADDRESS: from nowhere, or as --mailbox or --tenant says."""
    from postroom.model.callers import operator

    scope = _scope(mailbox, tenant) or "everywhere"
    done = at_desk(
        asked,
        "suppressions add",
        lambda room: room.desk.suppressions.add(operator(), address, scope, note),
    )
    already = " already" if done.existed else ""
    words = f"Nothing more is sent to {done.address}{already} ({done.scope})."
    say(asked.json, done, lambda page: page.line(words))


@suppressions.command()
@click.argument("address")
@_MAILBOX
@_TENANT
@click.option("--everywhere", is_flag=True, help="What holds everywhere alone.")
@for_operators
@shared
@pass_asked
def remove(
    asked: Asked,
    address: str,
    mailbox: str | None,
    tenant: str | None,
    everywhere: bool,
    passphrase_file: Path | None,
) -> None:
    """Lift what holds for ADDRESS, all of it or as the options say. Asks for the operator's
    passphrase."""
    from postroom.model.callers import operator

    scope = _scope(mailbox, tenant, everywhere=everywhere)
    require(asked, passphrase_file)
    done = at_desk(
        asked,
        "suppressions remove",
        lambda room: room.desk.suppressions.remove(operator(), address, scope),
    )
    say(asked.json, done, lambda page: _removed(page, done))


@suppressions.command("import")
@click.argument("file", type=READABLE)
@for_operators
@shared
@pass_asked
def import_(asked: Asked, file: Path, passphrase_file: Path | None) -> None:
    """Take in a CSV FILE (- is standard input) with the columns address, scope, reason, at; the
    address alone has to be there. Asks for the operator's passphrase."""
    from postroom.model.callers import operator

    if str(file) == "-" and str(passphrase_file) == "-":
        raise click.UsageError("Standard input is one file: pass the passphrase in another.")
    text = _text_of(file)
    require(asked, passphrase_file)
    done = at_desk(
        asked, "suppressions import", lambda room: room.desk.suppressions.take_in(operator(), text)
    )
    words = f"{done.added} taken in, {done.existed} held already."
    say(asked.json, done, lambda page: page.line(words))


@suppressions.command()
@shared
@pass_asked
def export(asked: Asked) -> None:
    """Print all of them as CSV: address, scope, reason, at."""
    from postroom.model.callers import operator

    text = at_desk(
        asked, "suppressions export", lambda room: room.desk.suppressions.export(operator())
    )
    click.echo(text, nl=False)


def _scope(mailbox: str | None, tenant: str | None, *, everywhere: bool = False) -> str:
    if (mailbox is not None) + (tenant is not None) + everywhere > 1:
        raise click.UsageError("Name one scope.")
    if everywhere:
        return "everywhere"
    if mailbox is not None:
        return f"mailbox:{mailbox}"
    return f"tenant:{tenant}" if tenant is not None else ""


def _text_of(file: Path) -> str:
    import sys

    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise click.UsageError(f"{file} is larger than {MAX_BYTES // 2**20} MB.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is no UTF-8 text.") from error


def _list(page: "Page", found: "SuppressionList") -> None:
    if not found.suppressions:
        page.line("None is suppressed.")
    for one in found.suppressions:
        note = f": {one_line(one.untrusted_note)}" if one.untrusted_note else ""
        page.line((one.address, "bold"), f"  {one.scope}, {one.cause}{note}, {one.at}")
    if found.more:
        page.hint("There are more: `postroom suppressions export` prints all.")


def _removed(page: "Page", done: "Unsuppressed") -> None:
    page.line(f"Lifted for {done.address}.")
    if done.still:
        page.line(f"It still holds: {', '.join(done.still)}.")
