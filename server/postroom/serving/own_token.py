"""The bearer token of `postroom serve`: made once, readable by its owner alone."""

import os
import secrets
import stat
import time
from pathlib import Path

from postroom.model.errors import Refused, Unavailable

TOKEN_BYTES = 32
"""256 bits: nobody guesses it, so no lock-out is needed."""

PATIENCE_SECONDS, LOOK_SECONDS = 1.0, 0.02
"""For another process that is just writing it."""


def ensure_token(file: Path) -> str:
    """The token in ``file``, which is made on the first call.

    Raises:
        Refused: others can read the file.
        Unavailable: it holds no token, or cannot be written or read.
    """
    try:
        return _ensured(file)
    except OSError as error:
        raise Unavailable(
            "token_unreadable",
            f"{file} cannot be written or read: {error.strerror}.",
            "The home must be a folder that this user may write to: see --home.",
        ) from error


def _ensured(file: Path) -> str:
    try:
        # The mode at creation: with a later chmod there would be a moment in which all can read.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _existing(file)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"{token}\n")
    return token


def _existing(file: Path) -> str:
    _check_mode(file)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (text := file.read_text(encoding="ascii", errors="replace")).endswith("\n"):
        if time.monotonic() > deadline:
            break
        time.sleep(LOOK_SECONDS)
    token = text.strip()
    if len(token) < TOKEN_BYTES or not token.isascii() or not token.isprintable():
        raise Unavailable(
            "token_unreadable", f"{file} holds no token.", "Delete it; the next start makes one."
        )
    return token


def _check_mode(file: Path) -> None:
    # Windows has no such bits; there the file is under the user's own profile.
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise Refused(
            "token_readable_by_others",
            f"{file} can be read by other users of this machine.",
            "Delete it, and give clients the token that the next start makes.",
        )
