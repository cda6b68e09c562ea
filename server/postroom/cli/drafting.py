"""A mail as commands are given one: the options that say all of it, and the request they make."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from postroom.cli.words import READABLE, read_text
from postroom.model.limits import MAX_ATTACHMENT_BYTES

if TYPE_CHECKING:
    from postroom.model.requests import AttachmentRequest, SendRequest

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--to", multiple=True, metavar="ADDRESS", help="May be given several times."),
    click.option("--cc", multiple=True, metavar="ADDRESS"),
    click.option("--bcc", multiple=True, metavar="ADDRESS"),
    click.option("--subject"),
    click.option("--text", help="The mail's words; may be Markdown."),
    click.option("--text-file", type=READABLE, help="A file of the words; - is standard input."),
    click.option(
        "--html-file", type=READABLE, help="The HTML part; else it is made from the text."
    ),
    click.option(
        "--thread", "thread_id", metavar="THREAD", help="Makes it a reply in that thread."
    ),
    click.option("--reply-all", is_flag=True, help="Reply to everybody in the thread."),
    click.option(
        "--attach",
        multiple=True,
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="May be given several times.",
    ),
    click.option("--hold-for-review", metavar="WHY", help="A person looks at it first."),
)


def of_a_mail(command: F) -> F:
    """The command with the options that say who a mail is for and what is in it."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def request_of(given: dict[str, Any], text: str | None = None) -> "SendRequest":
    """The mail that the options say; where they say no words, ``text``.

    Raises:
        click.UsageError: they say no words and there are none, or say them twice.
    """
    from postroom.model.requests import SendRequest

    html_file, attach = given.pop("html_file"), given.pop("attach")
    words = _words(given.pop("text"), given.pop("text_file"), text)
    return SendRequest(
        text=words,
        html=read_text(html_file, "--html-file") if html_file else None,
        attachments=tuple(map(_attachment, attach)),
        **given,
    )


def _words(text: str | None, file: Path | None, otherwise: str | None) -> str:
    if text is None and file is None and otherwise is not None:
        return otherwise
    if (text is None) == (file is None):
        raise click.UsageError("Give the words with one of --text and --text-file.")
    return text if text is not None else read_text(file or Path("-"), "--text-file")


def _attachment(file: Path) -> "AttachmentRequest":
    """The file's bytes: an operator may send what it can read, wherever it lies."""
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
