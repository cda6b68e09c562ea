"""The post room again, from the file of a backup.

    unpacked beside the home's files, checked, brought to this program's schema, made another
    history ─► what is there is set aside ─► each file gets its name, the index last

So a restore that ends anywhere leaves the old room, or none and all of the old one aside, or the
new one; and can be begun again.
"""

import hashlib
import lzma
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout
from pydantic import ValidationError

from postroom.backup.contents import (
    FORMAT,
    INDEX,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    MEMBERS,
    STORE,
    Manifest,
)
from postroom.backup.copying import CHUNK, Progress, check, flush, settle
from postroom.clock import Clock
from postroom.embedded import database as store_database
from postroom.embedded import restoring as store_restoring
from postroom.index import chain, restoring
from postroom.index.database import SCHEMA_VERSION, connect
from postroom.index.migrations import migrate
from postroom.index.restoring import NewHistory
from postroom.model.backup_answers import Restored
from postroom.model.errors import Conflict, InvalidRequest, Unavailable
from postroom.settings import Settings, builtin_domains_now, make_home

PREFIX = ".restoring-"

SIDE_FILES = ("-wal", "-shm", "-journal")

NEXT = (
    "See that the room that this was copied from runs no more. `postroom approvals list` shows what"
    " may have gone since the backup was made. What was revoked, suppressed or erased since is not"
    " known here: do it again. Agents are told that their cursors are over."
)

KEYS = (
    "Keys of domains are here sealed, and the backup has nothing to open them with: mail of these"
    " domains waits until the secret is back (domain-keys.secret in the home, or where domain_keys"
    " in postroom.toml says), or there are other keys. Where keys were rotated since the backup,"
    " those are the only ones that can be found: postroom domains rotate-dkim DOMAIN."
)


def restore(
    file: Path, settings: Settings, clock: Clock, progress: Progress, *, replace: bool = False
) -> Restored:
    """Put the room of a backup into the home of ``settings``. With ``replace`` what is there goes
    into a folder of its own in it.

    Raises:
        InvalidRequest: the file is no backup, or damaged.
        Conflict: there is a room in the home already.
        Unavailable: a process has that room open; the backup is of a newer program; something
            cannot be written.
    """
    home = settings.home
    with _alone(settings):
        for left in home.glob(f"{PREFIX}*"):  # by one that was killed
            shutil.rmtree(left)
        if (there := _there(home)) and not replace:
            raise Conflict(
                "home_not_empty",
                f"There is a post room at {home} already.",
                "Name another folder with --home, or pass --replace: it is set aside then.",
            )
        _let_go(settings)
        try:
            with tempfile.TemporaryDirectory(prefix=PREFIX, dir=home) as made:
                folder = Path(made)
                manifest = _unpack(file, folder, progress)
                answer = _made_anew(file, folder, manifest, home, clock)
                _let_go(settings)  # it took a while
                aside = _set_aside(home, there, clock) if there else None
                _put_in_place(folder, home)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(
                "restore_failed",
                f"The backup cannot be put back: {error}.",
                "See that the file can be read, and that the home can be written and has room.",
            ) from error
    return answer.model_copy(update={"set_aside": str(aside) if aside else None})


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """While nobody does the sending and receiving, or opens a new room here. A home that was made
    for what then fails goes again."""
    home, was_there = settings.home, settings.home.is_dir()
    lock = FileLock(make_home(home) / settings.lock_file.name, thread_local=False)
    was_locked = settings.lock_file.exists()
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _in_use(settings) from None
    try:
        yield
    except BaseException:
        if not was_locked and os.name == "posix":  # Windows removes no file that is open
            settings.lock_file.unlink(missing_ok=True)
        raise
    finally:
        lock.release()
        if not was_there:
            with suppress(OSError):  # something is in it
                home.rmdir()


def _let_go(settings: Settings) -> None:
    """Raise `Unavailable` where any process has the room open: it would go on with the old files,
    and what it took would be lost. SQLite leaves WAL mode only where nobody else is connected."""
    for file in (settings.index_file, settings.mailstore_file):
        if not file.exists():
            continue
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as con:
            try:
                con.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                raise _in_use(settings) from None
            except sqlite3.DatabaseError:  # what is to be replaced may well be damaged
                continue


def _in_use(settings: Settings) -> Unavailable:
    return Unavailable(
        "home_in_use",
        f"A process has the post room at {settings.home} open.",
        "Stop every `postroom serve` and every client that runs `postroom mcp`, then try again.",
    )


def _there(home: Path) -> list[Path]:
    """The files of a room that is in a home."""
    return [home / name for name in MEMBERS if (home / name).exists()]


def _unpack(file: Path, folder: Path, progress: Progress) -> Manifest:
    """Everything that the manifest names, into ``folder``; each byte is checked."""
    try:
        with tarfile.open(file, "r:*") as archive:
            manifest = _manifest(archive)
            total = sum(each.size for each in manifest.members.values())
            done = 0
            for name, known in manifest.members.items():
                found = _opened(archive, name)
                digest, size = hashlib.sha256(), 0
                with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
                    while size <= known.size and (chunk := found.read(CHUNK)):
                        out.write(chunk)
                        digest.update(chunk)
                        size += len(chunk)
                        progress(done + size, total)
                done += size
                if (size, digest.hexdigest()) != (known.size, known.sha256):
                    raise _damaged(file, f"{name} is not what was put into it")
    except (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise _damaged(file, "it is no archive, or ends too early") from error
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    said = _opened(archive, MANIFEST).read(MAX_MANIFEST_BYTES)
    try:
        manifest = Manifest.model_validate_json(said)
    except ValidationError:
        raise _damaged(Path(str(archive.name)), "its manifest cannot be read") from None
    if manifest.format > FORMAT or manifest.schema_version > SCHEMA_VERSION:
        raise Unavailable(
            "backup_newer",
            f"The backup was made by Postroom {manifest.version}, which is newer than this one.",
            "Upgrade this program.",
        )
    if INDEX not in manifest.members or not set(manifest.members) <= set(MEMBERS):
        raise _damaged(Path(str(archive.name)), "its manifest names other files than a room has")
    return manifest


def _opened(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """The content of a member that is a plain file."""
    try:
        info = archive.getmember(name)
    except KeyError:
        raise _damaged(Path(str(archive.name)), f"there is no {name} in it") from None
    found = archive.extractfile(info) if info.isreg() else None
    if found is None:
        raise _damaged(Path(str(archive.name)), f"{name} is no plain file in it")
    return found


def _wanted(folder: Path) -> set[str]:
    """Tables and whatever else a whole index has."""
    fresh = folder / "fresh.db"
    migrate(fresh)
    with closing(connect(fresh)) as con:
        found = _named(con)
    for each in folder.glob("fresh.db*"):
        each.unlink()
    return found


def _named(con: sqlite3.Connection) -> set[str]:
    """What is in a database, by kind and name."""
    rows = con.execute("SELECT type || ' ' || name FROM sqlite_master").fetchall()
    return {str(each) for (each,) in rows}


def _damaged(file: Path, why: str) -> InvalidRequest:
    return InvalidRequest(
        "backup_damaged", f"{file} is no whole backup: {why}.", "Take another one."
    )


def _made_anew(file: Path, folder: Path, manifest: Manifest, home: Path, clock: Clock) -> Restored:
    """What was unpacked as this program goes on with it: another history."""
    index = folder / INDEX
    with closing(connect(index)) as con:
        check(con, INDEX)
        (version,) = con.execute("PRAGMA user_version").fetchone()
        if version != manifest.schema_version:
            raise _damaged(file, f"{INDEX} is no index of the version that its manifest names")
    migrate(index)
    with closing(connect(index)) as con:
        wanted, named = _wanted(folder), _named(con)
        if missing := wanted - named:
            raise _damaged(file, f"{INDEX} has no {min(missing)}")
        if added := {each for each in named - wanted if each.startswith(("trigger ", "view "))}:
            raise _damaged(file, f"{INDEX} has a {min(added)} that is none of ours")
        con.execute("BEGIN IMMEDIATE")
        found: NewHistory = restoring.begin_anew(con, clock(), builtin_domains_now(folder))
        addresses, head = restoring.addresses(con), str(chain.tail(con))
        con.execute("COMMIT")
        settle(con)
    if (store := folder / STORE).exists():
        store_restoring.begin_anew(store, addresses)
        with closing(store_database.connect(store)) as con:
            check(con, STORE)
            settle(con)
    return Restored(
        home=str(home),
        made_at=manifest.made_at,
        version=manifest.version,
        mailboxes=len(addresses),
        head=head,
        held=found.held,
        asked=found.asked,
        next_step=f"{NEXT} {KEYS}" if found.sealed_keys else NEXT,
    )


def _set_aside(home: Path, there: list[Path], clock: Clock) -> Path:
    """Where the files of the room lie that was there before."""
    at = datetime.fromtimestamp(clock(), UTC)
    aside = home / f"replaced-{at:%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    for file in there:
        for each in (file, *(Path(f"{file}{end}") for end in SIDE_FILES)):
            if each.exists():
                each.rename(aside / each.name)
    flush(aside)
    return aside


def _put_in_place(folder: Path, home: Path) -> None:
    """With the index, which comes last, the room is there."""
    for name in MEMBERS:
        if (folder / name).exists():
            flush(folder / name)
            os.replace(folder / name, home / name)
    flush(home)
