"""A configuration file, a client's or ours: read, backed up, written in one act."""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from postroom.clock import Clock
from postroom.model.errors import InvalidRequest, Refused, Unavailable

MAX_BYTES = 50 * 2**20
"""Bytes. Claude Code keeps a history of megabytes in its file; more is no configuration."""

KEPT = 3
"""Backups of a file of ours, which is changed often: the newest ones."""

MOST_OF_A_SECOND = 100

PRIVATE = 0o600

_BACKUP = re.compile(r"\.backup-[0-9]{8}-[0-9]{6}(?:\.[0-9]+)?")

BOM = "\ufeff"


class ConfigFile:
    """One file; a link leads to the file that is meant."""

    def __init__(self, path: Path, clock: Clock, ours: bool = False) -> None:
        """``ours``: nobody else's, so that old backups go, and the others are for its owner alone,
        whoever may read the file."""
        try:
            self.path = path.resolve()
        except (
            OSError,
            RuntimeError,
        ) as error:  # the latter before Python 3.13
            raise _unreadable(path, "its links lead in a circle") from error
        self._clock = clock
        self._ours = ours

    def read(self) -> str:
        """The text, with line ends as they stand; "" where there is no file.

        Raises:
            InvalidRequest: it is no UTF-8, or too large to be a configuration.
        """
        try:
            found = self.path.stat()
            if not stat.S_ISREG(found.st_mode):  # a pipe would make us wait for a writer
                raise _unreadable(self.path, "it is no file")
            if found.st_size > MAX_BYTES:
                raise _unreadable(self.path, "it is larger than any configuration")
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise _unreadable(self.path, "it is no UTF-8 text") from error
        except OSError as error:
            raise _unreadable(self.path, f"{error.strerror}") from error

    def write(self, text: str, instead_of: str) -> Path | None:
        """Write ``text``; the path of the backup, or None where there was nothing to keep.

        Raises:
            Unavailable: the file changed since ``instead_of`` was read, or cannot be written.
            Refused: it is read-only. A new file in its place would be written even so.
        """
        self._check_writable()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._backed_up() as backup:
                self._replace(text, instead_of)
            if self._ours:
                self._forget_old()
        except OSError as error:
            raise Unavailable(
                "config_not_written",
                f"{self.path} cannot be written: {error.strerror}.",
                "Nothing was changed. --print shows the entry, to put it in by hand.",
            ) from error
        return backup

    def _check_writable(self) -> None:
        if not self.path.exists():
            return
        # The mode as well, for root may write to any file.
        if not self.path.stat().st_mode & stat.S_IWUSR or not os.access(self.path, os.W_OK):
            raise Refused(
                "config_read_only",
                f"{self.path} is read-only; it was left as it is.",
                "Make it writable and run the command again, or pass --print and put the entry in"
                " by hand.",
            )

    @contextmanager
    def _backed_up(self) -> Iterator[Path | None]:
        """The path of a backup, which goes again where the file could not be written after all."""
        if not self.path.exists():
            yield None
            return
        backup = self._free_name()
        try:
            self._copy(backup)
            yield backup
        except BaseException:
            backup.unlink(missing_ok=True)
            raise

    def _copy(self, backup: Path) -> None:
        """Never readable by more people than the file itself, in no moment."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        with open(os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(self.path.read_bytes())
        self._give_to_its_owner(backup)
        if self._ours:
            return
        backup.chmod(mode)
        shutil.copystat(self.path, backup)

    def _give_to_its_owner(self, path: Path) -> None:
        """For whoever runs this by `sudo`: the file stays its owner's."""
        if hasattr(os, "chown") and os.geteuid() == 0:
            found = self.path.stat()
            os.chown(path, found.st_uid, found.st_gid)

    def _free_name(self) -> Path:
        moment = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%d-%H%M%S")
        # Behind the last one of this second, also where those before it went.
        last = [number for at, number in map(_age, self._backups()) if at == moment]
        number = max(last, default=-1) + 1
        if number >= MOST_OF_A_SECOND:
            raise FileExistsError(None, "too many backups of this second")
        suffix = f".{number}" if number else ""
        return self.path.with_name(f"{self.path.name}.backup-{moment}{suffix}")

    def _forget_old(self) -> None:
        """Take away all backups but the newest; those that stay are for the owner alone."""
        for place, each in enumerate(sorted(self._backups(), key=_age, reverse=True)):
            with suppress(OSError):  # the file itself is written
                if place < KEPT:
                    each.chmod(PRIVATE)
                else:
                    each.unlink()

    def _backups(self) -> list[Path]:
        """All backups of the file that lie beside it."""
        name = self.path.name
        return [
            each
            for each in self.path.parent.iterdir()
            if each.name.startswith(name) and _BACKUP.fullmatch(each.name.removeprefix(name))
        ]

    def _replace(self, text: str, instead_of: str) -> None:
        """All or nothing: a client that reads meanwhile sees the old file or the new one."""
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            if self.path.exists():
                self._give_to_its_owner(Path(name))
                shutil.copymode(self.path, name)
            if self.read() != instead_of:
                raise Unavailable(
                    "config_changed",
                    f"{self.path} was changed by another program just now.",
                    "Run the command again.",
                )
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _age(backup: Path) -> tuple[str, int]:
    """By which backups are in order: the second, and which one of it."""
    moment, _, number = backup.name.rpartition(".backup-")[2].partition(".")
    return moment, int(number or 0)


def _unreadable(path: Path, why: str) -> InvalidRequest:
    return InvalidRequest(
        "config_unreadable",
        f"{path} cannot be read: {why}.",
        "It was left as it is. Correct it, or pass --print and put the entry in by hand.",
    )
