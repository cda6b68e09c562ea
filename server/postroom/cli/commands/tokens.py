"""`postroom tokens`: who may come in by the network, as whom, and to what."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import err, say
from postroom.cli.asked import Asked, checked_agent, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.passphrase import for_operators, require
from postroom.cli.plain import one_line
from postroom.cli.seconds import Seconds

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.token_answers import NewSecret, TokenList, TokenView


@click.group()
def tokens() -> None:
    """Bearer tokens for `postroom serve`: made, listed, rotated, revoked."""


@tokens.command()
@click.option(
    "--agent",
    "agent_name",
    required=True,
    metavar="[TENANT/]NAME",
    callback=checked_agent,
    help="Whose it is.",
)
@click.option(
    "--scope",
    metavar="LIST",
    help="Of read, send, create, all of them by default (with --thread: read,send);"
    " operator for a person, metrics for /metrics, inbound to hand in mail for --mailbox.",
)
@click.option(
    "--mailbox",
    "mailboxes",
    multiple=True,
    metavar="PATTERN",
    help="Only mailboxes whose username or address is like that: 'support-*'.",
)
@click.option("--thread", "thread_id", metavar="THREAD", help="Only this conversation.")
@click.option("--expires", metavar="WHEN", help='A time, or "30d" from now; else never.')
@click.option("--note", default="", metavar="TEXT", help="What it is for.")
@for_operators
@shared
@pass_asked
def create(
    asked: Asked,
    agent_name: str,
    scope: str | None,
    mailboxes: tuple[str, ...],
    thread_id: str | None,
    expires: str | None,
    note: str,
    passphrase_file: Path | None,
) -> None:
    """Make a token. Its secret is printed once, and kept nowhere. With the scope operator it asks
    for the operator's passphrase."""
    from postroom.model.callers import operator

    scopes = _scopes(scope) if scope is not None else None
    if "operator" in (scopes or ()):
        require(asked, passphrase_file, makes_room=True)
    made = at_desk(
        asked,
        "tokens create",
        lambda room: room.desk.tokens.create(
            operator(), agent_name, scopes, mailboxes, thread_id, expires, note
        ),
        makes_room=True,
    )
    _tell_secret(asked, made)


@tokens.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List them, without their secrets: for whom, for what, when they were used."""
    from postroom.model.callers import operator

    found = at_desk(asked, "tokens list", lambda room: room.desk.tokens.list(operator()))
    say(asked.json, found, lambda page: _list(page, found))


@tokens.command()
@click.argument("token", metavar="TOKEN")
@click.option(
    "--grace",
    type=Seconds(0, 30 * 86_400),
    default=86_400.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the secret before is good yet.",
)
@for_operators
@shared
@pass_asked
def rotate(asked: Asked, token: str, grace: float, passphrase_file: Path | None) -> None:
    """Give a token another secret. Asks for the operator's passphrase."""
    from postroom.model.callers import operator

    require(asked, passphrase_file)
    made = at_desk(
        asked, "tokens rotate", lambda room: room.desk.tokens.rotate(operator(), token, grace)
    )
    _tell_secret(asked, made)


@tokens.command()
@click.argument("token", metavar="TOKEN")
@shared
@pass_asked
def revoke(asked: Asked, token: str) -> None:
    """Let a token be good no more, from the next request on."""
    from postroom.model.callers import operator

    done = at_desk(asked, "tokens revoke", lambda room: room.desk.tokens.revoke(operator(), token))
    say(asked.json, done, lambda page: page.line(f"{done.token_id} is revoked."))


def _scopes(words: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in words.split(",") if each.strip())


def _tell_secret(asked: Asked, made: "NewSecret") -> None:
    """The secret alone on standard output, where a script takes it from."""
    say(asked.json, made, lambda page: page.line(made.secret))
    if not asked.json:
        err().hint(f"This is {made.token.token_id}. Its secret is not shown again.")


def _list(page: "Page", found: "TokenList") -> None:
    if not found.tokens:
        page.line("There is no token yet.")
        return
    page.table(
        ("token", "status", "agent", "may", "sees", "expires", "used", "note"),
        [
            (
                one.token_id,
                one.status,
                one.agent,
                ",".join(one.scopes),
                _sees(one),
                one.expires_at or "never",
                one.used_at or "never",
                one_line(one.note or ""),
            )
            for one in found.tokens
        ],
    )


def _sees(one: "TokenView") -> str:
    """What mail it shows; by its scopes, where nothing keeps it to less."""
    from postroom.model.callers import AGENT_SCOPES, OPERATOR

    if one.thread_id or one.mailboxes:
        return one.thread_id or " ".join(one.mailboxes or ())
    if OPERATOR in one.scopes:
        return "everybody's"
    return "all of its own" if AGENT_SCOPES & set(one.scopes) else "none"
