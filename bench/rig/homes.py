"""Throw-away homes, and what may be known of one from outside."""

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """An empty folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="postroom-bench-", ignore_cleanup_errors=True) as path:
        yield Path(path).resolve()


def postroom_mcp(home: Path, agent: str) -> list[str]:
    """The command that a client's configuration starts for an agent."""
    return [sys.executable, "-m", "postroom", "mcp", "--agent", agent, "--home", str(home)]


def peer(name: str, *arguments: str) -> list[str]:
    """The command for one of the programs in ``bench/peers``."""
    return [sys.executable, str(ROOT / "bench" / "peers" / f"{name}.py"), *arguments]


def environment() -> dict[str, str]:
    """That of this process, with this checkout on the path: the same for everybody."""
    search = os.pathsep.join(str(ROOT / folder) for folder in ("server", "tools"))
    return {**os.environ, "PYTHONPATH": search}


def rows(home: Path, sql: str, *values: object) -> list[sqlite3.Row]:
    """Rows of a home's index, read beside whoever works on it."""
    return _rows(home / "postroom.db", sql, values)


def mail_rows(home: Path, sql: str, *values: object) -> list[sqlite3.Row]:
    """Rows of the built-in server's store."""
    return _rows(home / "mailserver.db", sql, values)


def _rows(file: Path, sql: str, values: tuple[object, ...]) -> list[sqlite3.Row]:
    if not file.is_file():
        return []
    con = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)
    con.row_factory = sqlite3.Row
    try:
        return con.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []  # it is just being made
        raise
    finally:
        con.close()


def worker_of(home: Path) -> sqlite3.Row:
    """Who does the I/O (pid, ports), as soon as somebody does."""

    def look() -> sqlite3.Row | None:
        found = rows(home, "SELECT * FROM worker WHERE imap_port > 0")
        return found[0] if found else None

    return eventually(look, "a worker")


def eventually(
    look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS, pause: float = 0.01
) -> T:
    """What ``look`` answers as soon as that is true; TimeoutError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(pause)
    return found
