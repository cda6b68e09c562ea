"""Whether the post room's folder is its operator's alone: whoever may write there makes the
rules."""

import os
import stat
from pathlib import Path

from postroom.model.answers import Check

OTHERS = stat.S_IWGRP | stat.S_IWOTH


def check(home: Path) -> list[Check]:
    """One, where others may write into the folder; none where all is well, and on Windows, where
    modes say nothing of it."""
    if os.name != "posix":
        return []
    found = home.stat()
    if found.st_uid not in (os.geteuid(), 0):
        whose = f"{home} belongs to another user (uid {found.st_uid}), who can change every rule"
        return [_wrong(whose, "Move it to a folder of this user, or run Postroom as that user.")]
    if found.st_mode & OTHERS:
        said = f"others may write into {home}, and so change every rule"
        return [_wrong(said, f"Take that away: chmod go-w {home}")]
    return []


def _wrong(says: str, then: str) -> Check:
    return Check(name="folder", ok=False, says=says, next_step=then)
