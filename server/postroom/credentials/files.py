"""A secret in a file of one line."""

import asyncio
import os
import stat
import tempfile
from pathlib import Path

from pydantic import SecretStr

from postroom.model.errors import InvalidRequest, Refused, Unavailable

MAX_OCTETS = 64 * 1024
"""A secret is far shorter: this file is another one, or never ends."""


class FileSecret:
    """The one line of a file. A line end after it is not part of it."""

    can_keep = True

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def place(self) -> str:
        return f"the file {self._file}"

    async def read(self) -> SecretStr:
        """
        Raises:
            Unavailable: it is not there, cannot be read, or is empty.
            Refused: other users can read or change it.
            InvalidRequest: it is no text of one line.
        """
        return await asyncio.to_thread(self._read)

    async def keep(self, value: SecretStr) -> None:
        """Replace the line; whoever reads meanwhile, or after a power cut, finds the old one or the
        new one. Unavailable: the folder cannot be written."""
        await asyncio.to_thread(self._keep, value)

    def _read(self) -> SecretStr:
        try:
            content = self._content()
        except OSError as error:
            raise Unavailable(
                "secret_unreadable",
                f"The secret in {self.place} cannot be read: {error.strerror or 'no such file'}.",
                "Make the file, readable by this user alone.",
            ) from error
        return self._secret(content)

    def _content(self) -> bytes:
        # Not blocking: a pipe without a writer would hold us for ever.
        descriptor = os.open(self._file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as opened:
            self._check(os.fstat(descriptor))  # of what is open, not of what may lie there by now
            return opened.read(MAX_OCTETS + 1)

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise self._malformed("is no file")
        # Windows has no such modes; there the folder's own access list decides. A group may read:
        # that is how containers and services hand a secret to one user.
        if os.name == "posix" and found.st_mode & 0o007:
            raise Refused(
                "secret_readable_by_others",
                f"Other users of this machine can read or change {self.place}.",
                f"Run chmod o= '{self._file}'.",
            )

    def _secret(self, content: bytes) -> SecretStr:
        if len(content) > MAX_OCTETS:
            raise self._malformed("is too long for a secret")
        try:
            text = content.decode("utf-8").removeprefix("\ufeff").rstrip("\r\n")
        except UnicodeDecodeError:
            raise self._malformed("is no text in UTF-8") from None
        if not text:
            raise Unavailable(
                "secret_missing", f"There is nothing in {self.place}.", "Write the secret into it."
            )
        if not text.isprintable():
            raise self._malformed("holds more than one line, or control characters")
        return SecretStr(text)

    def _malformed(self, what: str) -> InvalidRequest:
        return InvalidRequest(
            "secret_malformed",
            f"What should be a secret in {self.place} {what}.",
            "Put the secret there as one line of text.",
        )

    def _keep(self, value: SecretStr) -> None:
        try:
            _replace(Path(os.path.realpath(self._file)), value.get_secret_value())
        except OSError as error:
            raise Unavailable(
                "secret_not_kept",
                f"The new secret cannot be put into {self.place}: {error.strerror or error}.",
                "Let this user write the file and its folder.",
            ) from error


def _replace(file: Path, text: str) -> None:
    """Put ``text`` where ``file`` is, by a new file beside it (mode 0600, or the old one's)."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as out:
            out.write(f"{text}\n")
            out.flush()
            os.fsync(descriptor)
        if os.name == "posix" and file.exists():
            Path(name).chmod(file.stat().st_mode & 0o770)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(file.parent)


def _settle(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can say so of a folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
