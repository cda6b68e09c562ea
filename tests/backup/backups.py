"""Backups in tests: made while a room runs, and put back beside it."""

import asyncio
from pathlib import Path

from postroom.backup.making import make
from postroom.backup.restoring import restore
from postroom.build import PostRoom
from postroom.clock import system_clock
from postroom.model.backup_answers import Restored
from postroom.settings import Settings


def quiet(done: int, total: int) -> None:
    return


async def back_up(room: PostRoom, file: Path) -> None:
    await asyncio.to_thread(make, room.settings, file, system_clock, quiet)


def put_back(file: Path, home: Path, **asked: bool) -> Restored:
    return restore(file, Settings(home=home), system_clock, quiet, **asked)


def places(folder: Path) -> tuple[Path, Path, Path]:
    """A home, a file for its backup, and where that is put back."""
    (folder / "home").mkdir()
    return folder / "home", folder / "b.tar", folder / "other"
