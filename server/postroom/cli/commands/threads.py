"""`postroom threads`: conversations, and the files in them."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from postroom.cli.answers import err, say, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.model.limits import (
    DEFAULT_LIST,
    DEFAULT_THREAD_TOKENS,
    MAX_LIST,
    MAX_THREAD_TOKENS,
    MIN_ANSWER_TOKENS,
)


@click.group()
def threads() -> None:
    """The conversations in all mailboxes."""


@threads.command("list")
@click.option("--mailbox", metavar="ADDRESS", shell_complete=addresses, help="Only this mailbox.")
@click.option("--query", metavar="WORDS", help="Words in subject, people or text.")
@click.option("--awaiting", type=click.Choice(["us", "them"]), help="Who must answer next.")
@click.option("--label", metavar="LABEL", help="Only with this label.")
@click.option("--since", metavar="TIME", help='An ISO 8601 time, or "24h" for the last day.')
@click.option("--limit", type=click.IntRange(1, MAX_LIST), default=DEFAULT_LIST, show_default=True)
@click.option("--cursor", help="Where the page before said to go on.")
@shared
@pass_asked
def list_(asked: Asked, /, **given: Any) -> None:
    """List conversations, newest first."""
    from postroom.cli.mail_page import show_threads
    from postroom.model.callers import operator

    found = at_desk(
        asked, "threads list", lambda room: room.desk.reading.threads(operator(), **given)
    )
    say(asked.json, found, lambda page: show_threads(page, found))


@threads.command("show")
@click.argument("thread_id", metavar="THREAD")
@click.option(
    "--max-tokens",
    type=click.IntRange(MIN_ANSWER_TOKENS, MAX_THREAD_TOKENS),
    default=DEFAULT_THREAD_TOKENS,
    show_default=True,
    help="How much of it.",
)
@click.option("--cursor", help="Where the page before said to go on.")
@click.option("--include-quoted", is_flag=True, help="Also quoted text and signatures.")
@shared
@pass_asked
def show(asked: Asked, /, thread_id: str, **given: Any) -> None:
    """Show a conversation, oldest message first."""
    from postroom.cli.mail_page import show_thread
    from postroom.model.callers import operator

    found = at_desk(
        asked, "threads show", lambda room: room.desk.reading.thread(operator(), thread_id, **given)
    )
    say(asked.json, found, lambda page: show_thread(page, found))


@threads.command("label")
@click.argument("thread_id", metavar="THREAD")
@click.argument("labels", metavar="LABEL...", nargs=-1, required=True)
@shared
@pass_asked
def label(asked: Asked, thread_id: str, labels: tuple[str, ...]) -> None:
    """Put labels on a conversation."""
    _change(asked, "threads label", thread_id, add_labels=labels)


@threads.command("unlabel")
@click.argument("thread_id", metavar="THREAD")
@click.argument("labels", metavar="LABEL...", nargs=-1, required=True)
@shared
@pass_asked
def unlabel(asked: Asked, thread_id: str, labels: tuple[str, ...]) -> None:
    """Take labels off a conversation."""
    _change(asked, "threads unlabel", thread_id, remove_labels=labels)


@threads.command("metadata")
@click.argument("thread_id", metavar="THREAD")
@click.argument("values", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--unset", multiple=True, metavar="KEY", help="Remove a key. Also several times.")
@shared
@pass_asked
def metadata(asked: Asked, thread_id: str, values: tuple[str, ...], unset: tuple[str, ...]) -> None:
    """Show or change what is kept with a conversation. A VALUE is JSON, or else text."""
    patch = {**dict.fromkeys(unset), **dict(map(_pair, values))}
    _change(asked, "threads metadata", thread_id, metadata=patch)


def _pair(given: str) -> tuple[str, Any]:
    key, equals, value = given.partition("=")
    if not key or not equals:
        raise click.UsageError(f"{given} is no KEY=VALUE.")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _change(asked: Asked, program: str, thread_id: str, **change: Any) -> None:
    from postroom.cli.mail_page import show_state
    from postroom.model.callers import operator
    from postroom.model.requests import StateChange

    wanted = StateChange(**change)
    found = at_desk(
        asked, program, lambda room: room.desk.thread_states.change(operator(), thread_id, wanted)
    )
    say(asked.json, found, lambda page: show_state(page, found))


@threads.command("attachment")
@click.argument("attachment_id", metavar="ATTACHMENT")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A file or folder; - is standard output. [default: its own name, here]",
)
@shared
@pass_asked
def attachment(asked: Asked, attachment_id: str, target: Path | None) -> None:
    """Save an attachment to a file; an existing file is never written over."""
    from postroom.cli.streams import printing
    from postroom.model.callers import operator

    content, filename = at_desk(
        asked,
        "threads attachment",
        lambda room: room.desk.attachments.save(operator(), attachment_id),
    )
    if target is not None and str(target) == "-":
        with printing():
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        return
    file = _written(target or Path(), filename, content)
    if asked.json:
        say_json({"file": str(file), "size": len(content)})
    else:
        err().line(f"Saved {file} ({len(content)} bytes).")


def _written(target: Path, filename: str, content: bytes) -> Path:
    """The file, made new: the name is a stranger's choice, and may be one that is there."""
    file = (target / filename if target.is_dir() else target).resolve()
    try:
        with file.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise click.UsageError(f"{file} is there already: name another with --to.") from error
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}.") from error
    return file
