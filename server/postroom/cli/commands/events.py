"""`postroom events`: the journal."""

import asyncio
import contextlib
from dataclasses import dataclass
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
@click.option("--after", type=click.IntRange(0), help="Only what is behind a position.")
@click.option("--last", type=click.IntRange(0, 1000), help="Begin with the newest so many.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="On one page."
)
@click.option("--follow", is_flag=True, help="Go on until stopped, one line an event.")
@shared
@pass_asked
def events(asked: Asked, after: int | None, last: int | None, limit: int, follow: bool) -> None:
    """List what happened, in order: ids only, never words. Begins with the oldest."""
    if after is not None and last is not None:
        raise click.UsageError("Pass one of --after and --last.")
    begin = _Begin(after or 0, last)
    if follow:
        with contextlib.suppress(Stopped):
            at_desk(asked, "events", lambda room: _follow(room, asked.json, begin, limit))
        return
    most = limit if last is None else last
    found = at_desk(asked, "events", lambda room: _page(room, begin, most))
    say(asked.json, found, lambda page: _list(page, found))


@dataclass(frozen=True)
class _Begin:
    """Behind which event a list begins."""

    after: int
    last: int | None
    """That many from the end instead."""

    async def position(self, room: "PostRoom") -> int:
        """As a position of the journal, whose positions follow one another."""
        if self.last is None:
            return self.after
        return max(await room.index.position() - self.last, 0)


async def _page(room: "PostRoom", begin: _Begin, most: int) -> "EventList":
    from postroom.model.callers import operator

    return await room.desk.tracing.events(operator(), await begin.position(room), most)


async def _follow(room: "PostRoom", as_json: bool, begin: _Begin, limit: int) -> None:
    from postroom.model.callers import operator

    after = await begin.position(room)
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
