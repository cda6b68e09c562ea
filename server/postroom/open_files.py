"""How many files this process may open, each connection being one."""

import contextlib
import sys

MANY_FILES = 10_240
"""What macOS lets an ordinary process have (its OPEN_MAX): how far we raise our own limit."""


def allow_many() -> None:
    """Raise this process's own limit, as far as the system lets it: the usual one, of 256 on macOS
    and of 1,024 elsewhere, ends soon."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # it stays as it is, then
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
