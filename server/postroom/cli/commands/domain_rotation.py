"""`postroom domains rotate-dkim`: other keys for a domain's mail."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.domain_key_answers import RotatedKey, RotationView


@click.command("rotate-dkim")
@click.argument("domain", metavar="DOMAIN")
@click.option(
    "--wait",
    "seconds",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="Until the new keys sign. Becomes the worker where none runs.",
)
@click.option("--now", is_flag=True, help="Sign with them at once, whether they are found or not.")
@shared
@pass_asked
def rotate_dkim(asked: Asked, domain: str, seconds: float, now: bool) -> int:
    """Sign the mail of DOMAIN with other keys, without a moment between the old and the new.

    Makes new keys, unless some wait already, and prints their records. A running Postroom process
    looks for these records by itself, at the zone's servers and then at resolvers, and signs with
    the new keys once everybody finds them. With --wait: exit code 1 where they do not sign by then.
    """
    from postroom.model.callers import operator

    async def work(room: "PostRoom") -> "RotationView":
        desk = room.desk.domain_keys
        view = await desk.rotate(operator(), domain, now)
        if not (seconds and view.waits):
            return view
        waited = await desk.wait(operator(), domain, seconds)
        return waited.model_copy(update={"made": view.made})

    view = at_desk(asked, "domains rotate-dkim", work, becomes_worker=seconds > 0)
    say(asked.json, view, lambda page: _show(page, view))
    return ExitCode.FAILED if seconds and view.waits else ExitCode.DONE


def _show(page: "Page", view: "RotationView") -> None:
    for words, keys in (("signs", view.signs), ("retires", view.retires)):
        for key in keys:
            page.line((f"{words}: ", "dim"), f"{key.selector} ({key.algorithm})")
    for key in view.waits:
        page.line(("waits: ", "bold"), f"{key.selector} ({key.algorithm}), {key.state}")
        _record(page, key)
    page.hint(view.next_step)


def _record(page: "Page", key: "RotatedKey") -> None:
    page.line(f"  {key.name}. TXT")
    page.line(f"  {key.record}")
