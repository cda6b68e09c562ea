"""`postroom sends`: what waits for a person, let go or dropped."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.plain import one_line

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.held_answers import Decision, HeldList


@click.group()
def sends() -> None:
    """Sends that are held for a person: list them, let them go, or drop them."""


@sends.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List what waits for a person's decision: who has got it, and of whom nobody knows."""
    from postroom.model.callers import operator

    found = at_desk(asked, "sends list", lambda room: room.desk.held.list(operator()))
    say(asked.json, found, lambda page: _list(page, found))


@sends.command("approve")
@click.argument("send", metavar="SEND")
@shared
@pass_asked
def approve(asked: Asked, send: str) -> None:
    """Let a held send go, to whom no server has accepted or refused it yet.

    It bears the same Message-ID: who had got it after all has it twice, and most mail programs
    show it once.
    """
    from postroom.model.callers import operator

    done = at_desk(asked, "sends approve", lambda room: room.desk.held.approve(operator(), send))
    say(asked.json, done, lambda page: _decided(page, done))


@sends.command("deny")
@click.argument("send", metavar="SEND")
@click.option("--reason", default="", metavar="TEXT", help="What the agent is told.")
@shared
@pass_asked
def deny(asked: Asked, send: str, reason: str) -> None:
    """Drop a held send: nobody else gets it. Who has got it already is named."""
    from postroom.model.callers import operator

    done = at_desk(asked, "sends deny", lambda room: room.desk.held.deny(operator(), send, reason))
    say(asked.json, done, lambda page: _decided(page, done))


def _list(page: "Page", found: "HeldList") -> None:
    if not found.sends:
        page.line("Nothing waits for a person.")
    for one in found.sends:
        page.line((one.send_id, "bold"), f"  from {one.mailbox}, {one.created_at}")
        page.line(("  subject: ", "dim"), one_line(one.subject) or "(none)")
        for label, people in (
            ("has got it", one.accepted),
            ("was refused", one.refused),
            ("nobody knows of", one.unknown),
            ("not handed over for", one.waiting),
            ("a copy lies in", one.found_in),
        ):
            if people:
                page.line((f"  {label}: ", "dim"), ", ".join(people))
        if one.reason:
            page.line(("  why: ", "dim"), one_line(one.reason))
        page.hint(f"postroom sends approve {one.send_id} lets it go; deny {one.send_id} drops it.")


def _decided(page: "Page", done: "Decision") -> None:
    page.line((done.status, "yellow"), f"  {done.send_id}")
    for label, people in (
        ("goes to", done.goes_to),
        ("has got it already", done.accepted),
        ("was refused", done.refused),
        ("nobody knows of", done.unknown),
        ("never handed over for", done.never),
    ):
        if people:
            page.line((f"  {label}: ", "dim"), ", ".join(people))
    if done.next_step:
        page.hint(done.next_step)
