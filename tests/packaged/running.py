"""Programs started in an environment that knows nothing of this one."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 600

Command = Sequence[str | Path]

_OURS = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "POSTROOM_")
"""What would let a program find this checkout, or a post room of whoever runs the tests."""


class Failed(Exception):
    """A program that did not end with 0, and its last words."""


def around(**more: str | Path) -> dict[str, str]:
    """The environment, without what is ours. uv asks the index that pip is told of."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    if "PIP_INDEX_URL" in kept:
        kept.setdefault("UV_DEFAULT_INDEX", kept["PIP_INDEX_URL"])
    if "PIP_CERT" in kept:
        kept.setdefault("SSL_CERT_FILE", kept["PIP_CERT"])
    return kept | {name: str(value) for name, value in more.items()}


def run(command: Command, **more: str | Path) -> str:
    """What a program says on its standard output; ``more`` stands in its environment.

    Raises:
        Failed: it did not end with 0.
    """
    done = subprocess.run(
        list(command),
        env=around(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd="/" if os.name == "posix" else None,
    )
    if done.returncode != 0:
        last = (done.stdout + done.stderr)[-2_000:]
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {last}")
    return done.stdout


def said(command: Command) -> str:
    """The same, or "" where it cannot be started or fails."""
    try:
        return run(command)
    except (Failed, OSError, subprocess.TimeoutExpired):
        return ""
