"""The words of a mail, read from a file or standard input."""

import sys
from pathlib import Path

import click

from postroom.model.limits import MAX_TEXT_CHARS

READABLE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


def read_text(file: Path, option: str) -> str:
    """What stands in ``file``; ``option`` named it."""
    limit = 4 * MAX_TEXT_CHARS + 1
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(limit)
        else:
            with file.open("rb") as stream:
                content = stream.read(limit)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise click.BadParameter(f"{error.strerror}", param_hint=option) from error
    except UnicodeDecodeError as error:
        raise click.BadParameter("it is no UTF-8 text", param_hint=option) from error
