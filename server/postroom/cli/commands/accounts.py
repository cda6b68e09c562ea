"""`postroom accounts`: real mail accounts, and how each of them goes."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.desk.desk import Desk
    from postroom.model.account_answers import (
        AccountList,
        AccountView,
        DirectoryView,
        LoginState,
        Stray,
        StrayList,
    )

T = TypeVar("T")


@click.group(
    cls=LazyGroup,
    lazy={
        "add": "postroom.cli.commands.accounts_add:add",
        "check": "postroom.cli.commands.accounts_check:check",
    },
)
def accounts() -> None:
    """Real mail accounts: what postroom.toml says of them, and how each goes."""


def _asked_for(asked: Asked, program: str, work: "Callable[[Desk], Awaitable[T]]") -> T:
    """What the desk answers."""
    from postroom.model.errors import NotFound

    try:
        return at_desk(asked, program, lambda room: work(room.desk), makes_room=asked.is_meant())
    except NotFound as error:
        if error.code != "no_post_room":
            raise
        then = "`postroom accounts add` adds an account, and makes the post room with it."
        raise NotFound(error.code, error.message, then) from error


@accounts.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List the accounts and mail hosts of postroom.toml, and how their logins stand."""
    from postroom.model.callers import operator

    found = _asked_for(asked, "accounts list", lambda desk: desk.accounts.list(operator()))
    say(asked.json, found, lambda page: _table(page, found))


def _table(page: "Page", found: "AccountList") -> None:
    if not found.accounts and not found.directories:
        page.line("No accounts yet: postroom accounts add adds one.")
        return
    rows = [
        (
            one.name,
            one.address,
            ", ".join(one.domains),
            str(one.mailboxes),
            _stands(one.login_state),
        )
        for one in found.accounts
    ]
    rows += [
        ("(directory)", "", one.domain, str(one.mailboxes), _counted(one))
        for one in found.directories
    ]
    page.table(("name", "address", "domains", "mailboxes", "login"), rows)
    for one in found.directories:
        if one.table.state == "down":
            from postroom.desk.health import tables

            page.line((f"  {one.domain}: ", "dim"), f"table {tables.told(one.table)}")
        if one.inlet is not None:
            from postroom.desk.health.inlets import told

            page.line((f"  {one.domain}: ", "dim"), told(one.inlet))
        for login in one.down:
            page.line((f"  {login.name}: ", "dim"), _stands(login))


def _stands(login: "LoginState") -> str:
    since = f" since {login.since}" if login.since else ""
    said = f"{login.state}{since}" + (f": {login.detail}" if login.detail else "")
    was_read = login.state != "unread" and not login.read_now
    return f"not read now (was {said})" if was_read else said


def _counted(host: "DirectoryView") -> str:
    if host.inlet is not None:
        said = f"LMTP, {host.inlet.state}"
        return said if host.read_now else f"not now (was {said})"
    if not host.states:
        return "unread"
    said = ", ".join(f"{count} {state}" for state, count in host.states.items())
    return said if host.read_now else f"not read now (was {said})"


@accounts.command("show")
@click.argument("name")
@shared
@pass_asked
def show(asked: Asked, name: str) -> None:
    """Show everything about one account, or one domain with a directory, but its secrets."""
    from postroom.model.account_answers import AccountView
    from postroom.model.callers import operator

    async def look(desk: "Desk") -> "AccountView | DirectoryView":
        host = await desk.accounts.host(operator(), name)
        return host or await desk.accounts.show(operator(), name)

    found = _asked_for(asked, "accounts show", look)
    if isinstance(found, AccountView):
        say(asked.json, found, lambda page: _details(page, found))
    else:
        say(asked.json, found, lambda page: _host(page, found))


def _details(page: "Page", found: "AccountView") -> None:
    for name, value in found.model_dump(exclude_none=True, exclude={"login_state"}).items():
        if value == ():
            continue
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        page.line((f"{name.replace('_', ' '):<18}", "dim"), shown)
    page.line((f"{'stands':<18}", "dim"), _stands(found.login_state))


def _host(page: "Page", found: "DirectoryView") -> None:
    from postroom.desk.health import inlets, tables

    for name in ("domain", "database", "imap", "smtp", "mailboxes", "delivery"):
        page.line((f"{name:<18}", "dim"), str(getattr(found, name)))
    page.line((f"{'table':<18}", "dim"), tables.told(found.table))
    stands = inlets.told(found.inlet) if found.inlet is not None else _counted(found)
    page.line((f"{'stands':<18}", "dim"), stands)
    for login in found.down:
        page.line((f"  {login.name}: ", "dim"), _stands(login))


@accounts.command("strays")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@shared
@pass_asked
def strays(asked: Asked, limit: int) -> None:
    """List mail that was left where it lies, newest first: it belongs to no mailbox here."""
    from postroom.model.callers import operator

    found = _asked_for(
        asked, "accounts strays", lambda desk: desk.accounts.strays(operator(), limit)
    )
    say(asked.json, found, lambda page: _strays(page, found))


def _strays(page: "Page", found: "StrayList") -> None:
    if not found.strays:
        page.line("Nothing was left where it lies.")
        return
    page.table(
        ("arrived", "from", "subject", "for", "account", "folder", "uid", "why"),
        [
            (
                one.at,
                _from(one),
                one.untrusted_subject,
                one.addresses,
                one.account,
                one.folder,
                str(one.uid),
                one.why,
            )
            for one in found.strays
        ],
    )


def _from(one: "Stray") -> str:
    """Who it says it is from: the address first, as a name may be cut and pretend anything."""
    name = one.untrusted_from_name
    return f"{one.untrusted_from} ({name})" if name else one.untrusted_from
