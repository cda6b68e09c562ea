"""`postroom events`: the journal."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import out, say, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import Stopped, at_desk

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.answers import EventList, EventView

LOOK_SECONDS = 1.0
"""How long to sleep at most without being told that something was written."""


@click.command()
@click.option("--after", type=click.IntRange(0), default=0, help="Only what is behind a position.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="On one page."
)
@click.option("--follow", is_flag=True, help="Go on until stopped, one line an event.")
@shared
@pass_asked
def events(asked: Asked, after: int, limit: int, follow: bool) -> None:
    """List what happened, in order: ids only, never words."""
    from postroom.model.callers import operator

    if follow:
        with contextlib.suppress(Stopped):
            at_desk(asked, "events", lambda room: _follow(room, asked.json, after, limit))
        return
    found = at_desk(
        asked, "events", lambda room: room.desk.tracing.events(operator(), after, limit)
    )
    say(asked.json, found, lambda page: _list(page, found))


async def _follow(room: "PostRoom", as_json: bool, after: int, limit: int) -> None:
    from postroom.model.callers import operator

    while True:
        changed = room.index.next_change()
        found = await room.desk.tracing.events(operator(), after, limit)
        after = found.position
        for event in found.events:
            if as_json:
                say_json(event.model_dump(mode="json", exclude_none=True))
            else:
                _line(out(), event)
        if not found.events:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), LOOK_SECONDS)


def _list(page: "Page", found: "EventList") -> None:
    for event in found.events:
        _line(page, event)
    page.line((f"Go on with --after {found.position}", "dim"))


def _line(page: "Page", event: "EventView") -> None:
    ids = (event.send_id, event.message_id, event.thread_id, event.mailbox, event.detail)
    page.line(
        (f"{event.position:>7}  {event.at}  ", "dim"),
        f"{event.type:<18}",
        f"  {'  '.join(id for id in ids if id)}",
        (f"  by {event.actor}", "dim"),
    )
