"""`postroom mailboxes`: make, list, show, open with a mail program, delete."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import err, say
from postroom.cli.asked import Asked, for_agent, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.answers import Credentials, MailboxCreated, MailboxDetail, MailboxList


@click.group()
def mailboxes() -> None:
    """The agents' mailboxes."""


@mailboxes.command("create")
@click.option("--username", help="Part before the @; left out, a readable one is made up.")
@click.option("--display-name", help="Name that recipients see.")
@click.option("--domain", help="Where several are offered.")
@click.option("--expires-in", metavar="TIME", help='Makes it disposable: "90s", "2h", "7d".')
@for_agent
@shared
@pass_asked
def create(
    asked: Asked,
    agent: str,
    username: str | None,
    display_name: str | None,
    domain: str | None,
    expires_in: str | None,
) -> None:
    """Make a mailbox for an agent; the same name for the same agent is the same mailbox."""
    from postroom.model.callers import operator

    made = at_desk(
        asked,
        "mailboxes create",
        lambda room: room.desk.mailboxes.create(
            operator(agent),
            username=username,
            display_name=display_name,
            domain=domain,
            expires_in=expires_in,
        ),
        makes_room=True,
    )

    say(asked.json, made, lambda page: _made(page, made))


def _made(page: "Page", made: "MailboxCreated") -> None:
    was = f"was there already, {made.status}" if made.existed else made.status
    page.line((made.address, "bold"), f"  {was}, reaches: {made.reach}")
    if made.expires_at:
        page.line(("  expires ", "dim"), made.expires_at)
    page.hint(for_people(made.next_step))


@mailboxes.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List every agent's mailboxes."""
    from postroom.model.callers import operator

    found = at_desk(asked, "mailboxes list", lambda room: room.desk.mailboxes.list(operator()))
    say(asked.json, found, lambda page: _table(page, found))


def _table(page: "Page", found: "MailboxList") -> None:
    if not found.mailboxes:
        page.line("No mailboxes yet: postroom mailboxes create makes one.")
        return
    page.table(
        ("address", "name", "agent", "status", "awaiting", "expires", "problem"),
        [
            (
                box.address,
                box.display_name,
                box.agent or "",
                box.status,
                str(box.awaiting_answer),
                box.expires_at or "",
                box.problem or "",
            )
            for box in found.mailboxes
        ],
    )


@mailboxes.command("show")
@click.argument("address", shell_complete=addresses)
@shared
@pass_asked
def show_(asked: Asked, address: str) -> None:
    """Show everything about one mailbox but its password."""
    from postroom.model.callers import operator

    found = at_desk(
        asked, "mailboxes show", lambda room: room.desk.mailboxes.show(operator(), address)
    )
    say(asked.json, found, lambda page: _details(page, found))


@mailboxes.command("delete")
@click.argument("address", shell_complete=addresses)
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
@pass_asked
def delete(asked: Asked, address: str, yes: bool) -> None:
    """Take a mailbox away: its mail is removed, and its address stays taken."""
    from postroom.model.callers import operator

    if not yes:
        _ask(asked, address)
    gone = at_desk(
        asked, "mailboxes delete", lambda room: room.desk.mailboxes.delete(operator(), address)
    )
    say(asked.json, gone, lambda page: page.line("Deleted ", (gone.address, "bold"), "."))


def _ask(asked: Asked, address: str) -> None:
    """A person is asked; a script says --yes, because nobody would answer."""
    import sys

    if asked.json or not sys.stdin.isatty():
        raise click.UsageError(f"Deleting {address!r} removes its mail: pass --yes.")
    click.confirm(f"Delete {address} and its mail?", abort=True, err=True)


@mailboxes.command("credentials")
@click.argument("address", shell_complete=addresses)
@shared
@pass_asked
def credentials(asked: Asked, address: str) -> None:
    """Print what an ordinary mail program needs to open a mailbox, its password included."""
    found = at_desk(asked, "mailboxes credentials", lambda room: _credentials(room, address))
    say(asked.json, found, lambda page: show_credentials(page, found))


async def _credentials(room: "PostRoom", address: str) -> "Credentials":
    """The ports of the built-in server are chosen when it first runs: so let it run once."""
    from postroom.model.callers import operator
    from postroom.model.errors import Unavailable

    try:
        return await room.desk.mailboxes.credentials(operator(), address)
    except Unavailable as error:
        if error.code != "server_never_started":
            raise
    await room.worker.start()
    await room.worker.settled(10)
    return await room.desk.mailboxes.credentials(operator(), address)


def show_credentials(page: "Page", found: "Credentials") -> None:
    """The settings of a mail program, one a line."""
    for label, value in (
        ("Address", found.address),
        ("User", found.user),
        ("Password", found.password),
        ("IMAP", f"{found.imap_host} port {found.imap_port}"),
        ("SMTP", f"{found.smtp_host} port {found.smtp_port}"),
        ("Security", found.security),
    ):
        page.line((f"{label:<10}", "dim"), value)
    err().line((found.note, "dim"))


def _details(page: "Page", found: "MailboxDetail") -> None:
    for name, value in found.model_dump(exclude_none=True).items():
        page.line((f"{name.replace('_', ' '):<14}", "dim"), str(value))
