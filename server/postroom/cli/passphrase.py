"""The operator's passphrase, asked for at the terminal or read from a file; never an argument:
every user of the machine could see that."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from postroom.cli.asked import Asked
from postroom.cli.words import READABLE

F = TypeVar("F", bound=Callable[..., Any])

MAX_BYTES = 8_192


def for_operators(command: F) -> F:
    """``command`` with --passphrase-file."""
    return click.option(
        "--passphrase-file",
        type=READABLE,
        metavar="FILE",
        help="Its first line is the operator's passphrase, else it is asked for; - is standard"
        " input, /dev/fd/3 an open descriptor.",
    )(command)


def require_set(asked: Asked) -> None:
    """Raise Refused where there is no operator's passphrase yet: before anybody is asked about
    anything that needs one."""
    from postroom.credentials import passphrase

    passphrase.require_set(asked.existing().passphrase_file)


def require(asked: Asked, file: Path | None, *, makes_room: bool = False) -> None:
    """Go on with the operator's passphrase alone. With ``makes_room`` also where there is no post
    room yet, which is what comes next.

    Raises:
        Refused: it is another one, or there is none yet.
        click.UsageError: nobody can be asked.
    """
    from postroom.credentials import passphrase

    settings = asked.settings() if makes_room else asked.existing()
    kept = settings.passphrase_file
    passphrase.require_set(kept)
    asyncio.run(passphrase.check(kept, read(asked, file, "Operator's passphrase")))


def read(
    asked: Asked,
    file: Path | None,
    question: str,
    *,
    option: str = "--passphrase-file",
    twice: bool = False,
) -> str:
    """A passphrase from ``file``, which ``option`` names, else from the person at the terminal."""
    if file is not None:
        return _first_line(file)
    if asked.json or not sys.stdin.isatty():
        raise click.UsageError(
            f"Nobody can be asked here for “{question}”: pass it in a file, {option} FILE."
        )
    said: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
    return said


def _first_line(file: Path) -> str:
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.readline(MAX_BYTES)
        else:
            with file.open("rb") as stream:
                content = stream.readline(MAX_BYTES)
        return content.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is no UTF-8 text.") from error
