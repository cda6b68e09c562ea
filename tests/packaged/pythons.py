"""Where a Python of some version is: on the PATH, among pyenv's, or among those that uv knows."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from packaged.running import said

_TELLS = "import ensurepip, sqlite3, ssl, sys; print('%d.%d' % sys.version_info[:2])"
"""A shim may be there and its Python not; a Python may lack what Postroom needs."""


def find(version: str, uv: Path) -> Path | None:
    """A Python of ``version`` (such as 3.12) that runs; None where none is known."""
    for candidate in _candidates(version, uv):
        if said([candidate, "-c", _TELLS]).strip() == version:
            return candidate
    return None


def _candidates(version: str, uv: Path) -> Iterator[Path]:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        yield Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield Path(on_path)
    yield from _of_pyenv(version)
    known = said([uv, "python", "find", "--no-python-downloads", version]).strip()
    if known:
        yield Path(known)


def _of_pyenv(version: str) -> list[Path]:
    """The newest first."""
    pyenv = shutil.which("pyenv")
    root = said([pyenv, "root"]).strip() if pyenv else os.environ.get("PYENV_ROOT", "")
    folder = Path(root or Path.home() / ".pyenv") / "versions"
    found = [each for each in folder.glob(f"{version}.*") if each.name.split(".")[2].isdigit()]
    return [each / "bin" / "python" for each in sorted(found, key=_number, reverse=True)]


def _number(folder: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", folder.name)]
