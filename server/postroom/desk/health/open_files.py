"""How many files the worker may open, each connection being one."""

import re
import sys
from pathlib import Path

from postroom.index.database import Row
from postroom.open_files import MANY_FILES

_LIMIT = re.compile(r"^Max open files\s+(\d+|unlimited)", re.MULTILINE)


def files_allowed(worker: Row | None) -> int | None:
    """The limit of the process that is the worker; where that cannot be looked at, what one would
    get that is started like this process. None where the system knows no such limit."""
    if sys.platform == "win32":
        return None
    known = _of(int(worker["pid"])) if worker is not None else None
    return known if known is not None else _as_started_here()


def _of(pid: int) -> int | None:
    """Linux tells it of every process of this user."""
    try:
        found = _LIMIT.search(Path(f"/proc/{pid}/limits").read_text(encoding="ascii"))
    except OSError:
        return None
    if found is None:
        return None
    return sys.maxsize if found[1] == "unlimited" else int(found[1])


def _as_started_here() -> int:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return sys.maxsize
    most = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    return max(soft, most)
