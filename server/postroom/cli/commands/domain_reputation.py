"""`postroom domains reputation` and `postroom domains resume`: how a domain stands with those whom
it writes to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.passphrase import for_operators, require

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.reputation_answers import DomainReputation, LossView, WarmupDay

_COLOURS = {"well": "green", "warn": "yellow", "paused": "bold red"}


@click.command()
@click.argument("domain", required=False)
@shared
@pass_asked
def reputation(asked: Asked, domain: str | None) -> int:
    """Show how DOMAIN, or each, stands with those whom it writes to: what comes back, what people
    call unwanted, where it is in its warm-up. Exit code 1 where sending is paused."""
    from postroom.model.callers import operator
    from postroom.model.reputation_answers import ReputationList

    if domain is not None:
        one = at_desk(
            asked,
            "domains reputation",
            lambda room: room.desk.reputation.show(operator(), domain),
        )
        found = ReputationList(domains=(one,))
        say(asked.json, one, lambda page: _show(page, one))
    else:
        found = at_desk(
            asked, "domains reputation", lambda room: room.desk.reputation.list(operator())
        )
        say(asked.json, found, lambda page: _list(page, found.domains))
    paused = any(each.state == "paused" for each in found.domains)
    return ExitCode.FAILED if paused else ExitCode.DONE


@click.command()
@click.argument("domain")
@for_operators
@shared
@pass_asked
def resume(asked: Asked, domain: str, passphrase_file: Path | None) -> None:
    """Let the mail of a DOMAIN go again whose sending is paused. What went before says nothing any
    more. Asks for the operator's passphrase."""
    from postroom.model.callers import operator

    require(asked, passphrase_file)
    found = at_desk(
        asked, "domains resume", lambda room: room.desk.reputation.resume(operator(), domain)
    )
    mails = "1 mail that waited goes" if found.sends == 1 else f"{found.sends} mails that waited go"
    say(
        asked.json,
        found,
        lambda page: page.line((found.domain, "bold"), f" goes on; {mails} now"),
    )


def _list(page: "Page", found: "tuple[DomainReputation, ...]") -> None:
    if not found:
        page.line("No mail goes outside from here yet.")
    for one in found:
        _show(page, one)


def _show(page: "Page", one: "DomainReputation") -> None:
    page.line((one.state, _COLOURS[one.state]), f"  {one.says}")
    if one.waiting:
        page.line(("  waiting  ", "dim"), str(one.waiting))
    _loss(page, "came back", one.bounces)
    _loss(page, "unwanted", one.complaints)
    enough = f"since {one.since}; shares count from {one.least} on, by {one.people} people"
    page.line(("  recipients  ", "dim"), f"{one.recipients} {enough}")
    for day in (one.warmup, *(one.mailboxes or ())):
        if day is not None:
            _day(page, day)
    if one.next_step:
        page.line(("  then  ", "dim"), one.next_step)


def _loss(page: "Page", name: str, loss: "LossView") -> None:
    at = [
        f"{word} at {share:.2%}"
        for word, share in (("warns", loss.warn), ("pauses", loss.pause))
        if share is not None
    ]
    who = f"{loss.recipients} ({loss.share:.2%}), {loss.people} people"
    page.line((f"  {name}  ", "dim"), f"{who}; {', '.join(at) or 'no threshold'}")


def _day(page: "Page", day: "WarmupDay") -> None:
    page.line(
        ("  warm-up  ", "dim"),
        f"{day.whose}: day {day.day} of {day.days}, {day.used} of {day.most} recipients,"
        f" {day.left} left until {day.until}",
    )
