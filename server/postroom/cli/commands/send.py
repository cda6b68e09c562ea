"""`postroom send`: one mail, from the shell."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.cli.exits import OF_SEND, ExitCode
from postroom.cli.words import READABLE, read_text
from postroom.model.limits import MAX_ATTACHMENT_BYTES

if TYPE_CHECKING:
    from postroom.model.requests import AttachmentRequest, SendRequest

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
@click.option("--to", multiple=True, metavar="ADDRESS", help="May be given several times.")
@click.option("--cc", multiple=True, metavar="ADDRESS")
@click.option("--bcc", multiple=True, metavar="ADDRESS")
@click.option("--subject")
@click.option("--text", help="The mail's words; may be Markdown.")
@click.option("--text-file", type=READABLE, help="A file of the words; - is standard input.")
@click.option("--html-file", type=READABLE, help="The HTML part; else it is made from the text.")
@click.option("--thread", "thread_id", metavar="THREAD", help="Makes it a reply in that thread.")
@click.option("--reply-all", is_flag=True, help="Reply to everybody in the thread.")
@click.option(
    "--attach",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="May be given several times.",
)
@click.option("--idempotency-key", metavar="KEY", help="The same key never sends twice.")
@click.option(
    "--at",
    metavar="TIME",
    help='Not before then: "2026-11-30T09:00Z" (UTC where it names no zone), or "2h" from now.',
)
@click.option("--hold-for-review", metavar="WHY", help="A person looks at it first.")
@click.option("--confirm", is_flag=True, help="Send although the thread has moved on.")
@shared
@pass_asked
def send(asked: Asked, /, at: str | None, **given: Any) -> int:
    """Send a mail, or reply in a thread. Becomes the worker where none runs.

    One for later goes once a worker runs then; `postroom sends cancel` takes it back.
    """
    from postroom.cli.delivering import send_and_see
    from postroom.cli.mail_page import show_send

    request = _request(given)
    sent = at_desk(
        asked,
        "send",
        lambda room: send_and_see(room, request, at),
        becomes_worker=True,
        makes_room=True,
    )
    say(asked.json, sent, lambda page: show_send(page, sent))
    return OF_SEND.get(sent.status, ExitCode.FAILED)


def _request(given: dict[str, Any]) -> "SendRequest":
    from postroom.model.requests import SendRequest

    html_file, attach = given.pop("html_file"), given.pop("attach")
    text = _words(given.pop("text"), given.pop("text_file"))
    return SendRequest(
        text=text,
        html=read_text(html_file, "--html-file") if html_file else None,
        attachments=tuple(map(_attachment, attach)),
        **given,
    )


def _words(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise click.UsageError("Give the words with one of --text and --text-file.")
    return text if text is not None else read_text(file or Path("-"), "--text-file")


def _attachment(file: Path) -> "AttachmentRequest":
    """The file's bytes: an operator may send what it can read, wherever it lies."""
    import base64

    from postroom.model.requests import AttachmentRequest

    try:
        if file.stat().st_size > MAX_ATTACHMENT_BYTES:
            raise click.BadParameter(f"{file} is too large", param_hint="--attach")
        content = file.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint="--attach") from error
    return AttachmentRequest(
        filename=file.name, content_base64=base64.b64encode(content).decode("ascii")
    )
