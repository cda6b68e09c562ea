"""The files, put into a folder: none is overwritten unasked, and secrets are not left open."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from postroom.model.errors import Conflict, Unavailable


def write(
    made: Mapping[str, str],
    into: Path,
    *,
    secret: frozenset[str] = frozenset(),
    readers: str = "",
    overwrite: bool = False,
) -> list[Path]:
    """The files written, ``made`` by path below ``into``.

    ``secret`` ones are readable by their owner and, where we may say so (as root), by the group
    ``readers``. A file that is there with the same text counts as written.

    Raises:
        Conflict: one is there with another text, and ``overwrite`` is not set; nothing was written.
        Unavailable: the folder cannot be written to.
    """
    try:
        if not overwrite:
            _spare_others(made, into)
        return [_write(into / path, text, path in secret, readers) for path, text in made.items()]
    except OSError as error:
        raise Unavailable(
            "folder_unusable",
            f"{error.filename or into} cannot be written: {error.strerror or error}.",
            "Name another folder with --into, or run this as who may write there.",
        ) from error


def _spare_others(made: Mapping[str, str], into: Path) -> None:
    for path, text in made.items():
        file = into / path
        if file.exists() and file.read_text(encoding="utf-8", errors="replace") != text:
            raise Conflict(
                "file_exists",
                f"{file} is there already, with another text. Nothing was written.",
                "Write into another folder and compare, or pass --overwrite.",
            )


def _write(file: Path, text: str, secret: bool, readers: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o640 if secret else 0o644
    # The mode is there before the words are, also where the file was there before.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, mode), "wb") as opened:
        if os.name == "posix":
            os.fchmod(opened.fileno(), mode)
            if secret and readers and os.geteuid() == 0:
                _give_to(file, readers)
        opened.truncate()
        opened.write(text.encode())
    return file


def _give_to(file: Path, group: str) -> None:
    try:
        shutil.chown(file, group=group)
    except LookupError as error:
        raise Unavailable(
            "no_such_group",
            f"There is no group {group} on this machine.",
            "Install Postfix first, or name the group with --readers.",
        ) from error
