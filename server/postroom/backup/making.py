"""One file that holds the post room, made while it runs."""

import contextlib
import io
import os
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from postroom.backup.contents import (
    FORMAT,
    INDEX,
    MANIFEST,
    MEMBERS,
    PASSPHRASE,
    POLICY,
    SETTINGS,
    STORE,
    Manifest,
)
from postroom.backup.copying import Progress, check, copy_database, flush, member, settle
from postroom.clock import Clock
from postroom.embedded import database as store_database
from postroom.index import chain, domain_keys
from postroom.index.database import SCHEMA_VERSION, connect, schema_version
from postroom.model.backup_answers import BackupMade
from postroom.model.errors import Conflict, InvalidRequest, PostroomError, Unavailable
from postroom.settings import Settings
from postroom.signing.secret import SealingSecret

T = TypeVar("T")


def make(settings: Settings, target: Path, clock: Clock, progress: Progress) -> BackupMade:
    """Copy the room into ``target``, or into a file named by the time where that is a folder. Only
    this user may read it; it is there whole or not at all, and nothing is overwritten.

    While it is made, a copy of the databases lies beside it.

    Raises:
        Conflict: there is such a file.
        InvalidRequest: there is no such folder.
        Unavailable: a database is damaged, or something cannot be read or written.
    """
    at = datetime.fromtimestamp(clock(), UTC)
    file = target / f"postroom-{at:%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target
    if file.exists():
        raise _there(file)
    if not file.parent.is_dir():
        raise InvalidRequest(
            "folder_missing", f"There is no folder {file.parent}.", "Make it, or name another one."
        )
    try:
        with tempfile.TemporaryDirectory(prefix=".postroom-backup-", dir=file.parent) as made:
            return _make(settings, file, Path(made), at, progress)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            "backup_failed",
            f"The backup cannot be made: {getattr(error, 'strerror', None) or error}.",
            "See that both folders can be read and written, and that there is room for two copies"
            " of the post room.",
        ) from error


def _make(
    settings: Settings, file: Path, folder: Path, at: datetime, progress: Progress
) -> BackupMade:
    copy_database(settings.index_file, folder / INDEX, progress)
    schema, head = _looked_through(folder / INDEX, INDEX, connect, _told)
    with closing(connect(folder / INDEX)) as con:
        has_keys = _has_keys(con)
    if settings.mailstore_file.exists():
        copy_database(settings.mailstore_file, folder / STORE, progress)
        _looked_through(folder / STORE, STORE, store_database.connect, lambda con: None)
    _copy_others(settings, folder)
    names = [name for name in MEMBERS if (folder / name).exists()]
    manifest = Manifest(
        format=FORMAT,
        version=version("postroom"),
        made_at=at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        schema_version=schema,
        head=head,
        members={name: member(folder / name) for name in names},
    )
    _put_in_place(_archive(folder, names, manifest), file)
    return BackupMade(
        file=str(file),
        size=file.stat().st_size,
        made_at=manifest.made_at,
        head=head,
        files=tuple(names),
        next_step=_elsewhere(settings, has_keys),
    )


def _looked_through(
    file: Path,
    name: str,
    open: Callable[[Path], sqlite3.Connection],
    look: Callable[[sqlite3.Connection], T],
) -> T:
    """What ``look`` finds in a copy that is whole."""
    with closing(open(file)) as con:
        check(con, name)
        found = look(con)
        settle(con)
    return found


def _told(con: sqlite3.Connection) -> tuple[int, str]:
    """The schema's version, and the journal's head where it can be read by this program."""
    schema = schema_version(con)
    if not schema:
        raise Unavailable(
            "nothing_to_back_up", "Nothing is in this post room yet.", "Make a mailbox first."
        )
    return schema, str(chain.tail(con)) if schema == SCHEMA_VERSION else ""


def _copy_others(settings: Settings, folder: Path) -> None:
    for name in (SETTINGS, POLICY, PASSPHRASE):
        with contextlib.suppress(FileNotFoundError):
            copied = shutil.copyfile(settings.home / name, folder / name)
            copied.chmod(0o600)


def _archive(folder: Path, names: list[str], manifest: Manifest) -> Path:
    """The archive; each copy goes as soon as it is in it."""
    file = folder / f"{secrets.token_hex(8)}.tar"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as out,
        tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        said = manifest.model_dump_json(indent=1).encode()
        first = tarfile.TarInfo(MANIFEST)
        first.size, first.mode = len(said), 0o600
        archive.addfile(first, io.BytesIO(said))
        for name in names:
            archive.add(folder / name, name, filter=_ours_alone)
            (folder / name).unlink()
    flush(file)
    return file


def _ours_alone(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _put_in_place(made: Path, file: Path) -> None:
    """Give it its name, all or nothing, unless somebody else has just taken that."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise _there(file) from None
    except OSError:  # a file system without links
        if file.exists():
            raise _there(file) from None
        made.rename(file)
    flush(file.parent)


def _there(file: Path) -> PostroomError:
    return Conflict("file_exists", f"{file} is there already.", "Name another file.")


def _has_keys(con: sqlite3.Connection) -> bool:
    """Whether keys lie in it; an index of before this program was upgraded knows none."""
    asked = "SELECT 1 FROM sqlite_master WHERE name = 'dkim_keys'"
    return con.execute(asked).fetchone() is not None and domain_keys.is_any_kept(con)


def _elsewhere(settings: Settings, has_keys: bool) -> str | None:
    """What has to be backed up besides."""
    said = []
    if settings.policy_file.parent != settings.home or settings.policy_file.name != POLICY:
        said.append(f"The policy is not in it: back up {settings.policy_file} as well.")
    if has_keys:
        said.append(
            "The keys that mail of your domains is signed with are in it sealed. What opens them is"
            f" not, so that nobody signs with a copy: {SealingSecret.of(settings).place}. Keep it"
            " elsewhere, not beside the backup."
        )
    return " ".join(said) or None
