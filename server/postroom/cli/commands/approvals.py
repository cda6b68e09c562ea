"""`postroom approvals`: what waits for a person, shown whole, let go, dropped, or edited."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postroom.cli.answers import out, say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.passphrase import for_operators, require, require_set
from postroom.cli.words import READABLE, read_text

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.model.held_answers import Approval, Decision
    from postroom.model.requests import Edit

_NOTE = click.option("--note", default="", metavar="TEXT", help="Your words to the agent.")


@click.group()
def approvals() -> None:
    """Mail that a person must look at first: list it, show it, let it go, drop it."""


@approvals.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List what waits for a person's decision: why, since when, and who has got it already."""
    from postroom.cli.approval_page import show_held
    from postroom.model.callers import operator

    found = at_desk(asked, "approvals list", lambda room: room.desk.held.list(operator()))
    say(asked.json, found, lambda page: show_held(page, found))


@approvals.command("show")
@click.argument("send", metavar="SEND")
@shared
@pass_asked
def show(asked: Asked, send: str) -> None:
    """Show all of a held mail: everybody it goes to, both forms of its words, files, why it is
    held, and the hash that is approved."""
    from postroom.cli.approval_page import show_approval

    found = _shown(asked, send)
    say(asked.json, found, lambda page: show_approval(page, found))


@approvals.command("approve")
@click.argument("send", metavar="SEND")
@click.option("--hash", "hash_", metavar="HASH", help="Of what you were shown; else it is shown.")
@_NOTE
@for_operators
@shared
@pass_asked
def approve(
    asked: Asked, send: str, hash_: str | None, note: str, passphrase_file: Path | None
) -> None:
    """Let a held mail go, to whom no server has accepted or refused it yet.

    It bears its own Message-ID: who had got it after all has it twice, and most mail programs show
    it once.
    """
    from postroom.cli.approval_page import show_decision

    seen = hash_ or _looked_at(asked, send, "Let it go?")
    require(asked, passphrase_file)
    done = at_desk(asked, "approvals approve", partial(_approve, send=send, hash=seen, note=note))
    say(asked.json, done, lambda page: show_decision(page, done))


@approvals.command("deny")
@click.argument("send", metavar="SEND")
@_NOTE
@for_operators
@shared
@pass_asked
def deny(asked: Asked, send: str, note: str, passphrase_file: Path | None) -> None:
    """Drop a held mail: nobody else gets it. Who has got it already is named."""
    from postroom.cli.approval_page import show_decision
    from postroom.model.callers import operator

    require(asked, passphrase_file)
    done = at_desk(
        asked, "approvals deny", lambda room: room.desk.held.deny(operator(), send, note)
    )
    say(asked.json, done, lambda page: show_decision(page, done))


@approvals.command("edit")
@click.argument("send", metavar="SEND")
@click.option("--hash", "hash_", metavar="HASH", help="Of what you were shown; else it is shown.")
@click.option("--subject")
@click.option("--text", help="The words anew; may be Markdown.")
@click.option("--text-file", type=READABLE, help="A file of the words; - is standard input.")
@click.option("--html-file", type=READABLE, help="The HTML part; else it is made from the text.")
@click.option("--to", multiple=True, metavar="ADDRESS", help="In place of those it has.")
@click.option("--cc", multiple=True, metavar="ADDRESS", help='The same; "" for nobody.')
@click.option("--bcc", multiple=True, metavar="ADDRESS", help='The same; "" for nobody.')
@click.option("--without-file", multiple=True, metavar="NAME", help="A file that stays here.")
@click.option("--approve", "approve_", is_flag=True, help="Let it go as it is then.")
@_NOTE
@for_operators
@shared
@pass_asked
def edit(
    asked: Asked,
    /,
    send: str,
    hash_: str | None,
    approve_: bool,
    note: str,
    passphrase_file: Path | None,
    **given: Any,
) -> None:
    """Change a held mail, and let it go with --approve. The agent is shown the difference."""
    from postroom.cli.approval_page import show_decision
    from postroom.model.callers import operator

    change = _edit(given)
    seen = hash_ or _looked_at(asked, send, "Change it?")
    require(asked, passphrase_file)
    done = at_desk(
        asked,
        "approvals edit",
        lambda room: room.desk.held.edit(operator(), send, seen, change, note, approve=approve_),
    )
    say(asked.json, done, lambda page: show_decision(page, done))


def _edit(given: dict[str, Any]) -> "Edit":
    from postroom.model.requests import Edit

    text, file, html = given["text"], given["text_file"], given["html_file"]
    if text is not None and file is not None:
        raise click.UsageError("Give the words with one of --text and --text-file.")
    named = {
        field: tuple(each for each in given[field] if each.strip())
        for field in ("to", "cc", "bcc")
        if given[field]
    }
    return Edit(
        subject=given["subject"],
        text=read_text(file, "--text-file") if file else text,
        html=read_text(html, "--html-file") if html else None,
        without_files=given["without_file"],
        **named,
    )


async def _approve(room: "PostRoom", send: str, hash: str, note: str) -> "Decision":
    from postroom.model.callers import operator

    return await room.desk.held.approve(operator(), send, hash, note)


def _shown(asked: Asked, send: str) -> "Approval":
    from postroom.model.callers import operator

    return at_desk(asked, "approvals show", lambda room: room.desk.held.show(operator(), send))


def _looked_at(asked: Asked, send: str, question: str) -> str:
    """The hash of what a person at the terminal has been shown and agrees to."""
    from postroom.cli.approval_page import show_approval

    if asked.json or not sys.stdin.isatty():
        raise click.UsageError("Pass --hash, as `postroom approvals show` tells it.")
    require_set(asked)
    found = _shown(asked, send)
    show_approval(out(), found)
    click.confirm(question, abort=True, err=True)
    return found.hash
