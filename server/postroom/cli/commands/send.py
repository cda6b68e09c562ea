"""`postroom send`: one mail, from the shell."""

from typing import Any

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.cli.drafting import of_a_mail, request_of
from postroom.cli.exits import of_send

_WORDS_ELSEWHERE = ("--body", "--message", "--content", "-m")
"""Not synonyms: one name for one thing. But click would suggest --to for --body."""


class _Send(click.Command):
    """Knows what other mail programs call the words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name not in _WORDS_ELSEWHERE:
                raise
            raise click.UsageError(
                f"No such option {error.option_name!r}. Give the words with --text or --text-file.",
                ctx,
            ) from error


@click.command(cls=_Send)
@click.option(
    "--mailbox",
    metavar="ADDRESS",
    shell_complete=addresses,
    help="To send from; not needed if there is only one.",
)
@of_a_mail
@click.option("--idempotency-key", metavar="KEY", help="The same key never sends twice.")
@click.option(
    "--at",
    metavar="TIME",
    help='Not before then: "2026-11-30T09:00Z" (UTC where it names no zone), or "2h" from now.',
)
@click.option("--confirm", is_flag=True, help="Send although the thread has moved on.")
@shared
@pass_asked
def send(asked: Asked, /, at: str | None, **given: Any) -> int:
    """Send a mail, or reply in a thread. Becomes the worker where none runs.

    One for later goes once a worker runs then; `postroom sends cancel` takes it back.
    """
    from postroom.cli.delivering import send_and_see
    from postroom.cli.mail_page import show_send

    request = request_of(given)
    sent = at_desk(
        asked,
        "send",
        lambda room: send_and_see(room, request, at),
        becomes_worker=True,
        makes_room=True,
    )
    say(asked.json, sent, lambda page: show_send(page, sent))
    return of_send(sent)
