"""Virtual environments of their own, for what cannot be installed beside Postroom: an older `mcp`,
another Python.

Each is made once from a file of pinned requirements, and kept in `build/environments` (or where
`POSTROOM_ENVIRONMENTS` names) for as long as that file and the Python stay as they are. Several
test runs may ask for the same one at a time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

INSTALL_SECONDS = 900
_FOLDER = Path(__file__).resolve().parents[1] / "build" / "environments"


def python_with(requirements: Path, *, python: Path = Path(sys.executable)) -> Path:
    """The Python of an environment that has what `requirements` pins, and nothing of ours.

    `python` is what the environment is made with. A test whose environment cannot be made is
    skipped, and told the installer's last words; where everything must be tested, `.ci/run` fails
    for that. A test that asks first has to allow for the time: `@pytest.mark.timeout(...)`.
    """
    folder = _place(requirements, python)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / "complete").exists():
            _make(folder, requirements, python)
    return _program(folder, "python")


def program_with(requirements: Path, name: str) -> Path:
    """A program that the requirements bring, as `python_with` brings its Python."""
    return _program(python_with(requirements).parents[1], name)


def _place(requirements: Path, python: Path) -> Path:
    root = Path(os.environ.get("POSTROOM_ENVIRONMENTS", _FOLDER))
    told = "\n".join([str(python.resolve()), requirements.read_text()])
    return root / f"{requirements.stem}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _make(folder: Path, requirements: Path, python: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run([str(python), "-m", "venv", str(folder)])
    pip = [str(_program(folder, "python")), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--disable-pip-version-check", "-r", str(requirements)])
    (folder / "complete").touch()


def _run(command: list[str]) -> None:
    ended = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if ended.returncode != 0:
        pytest.skip(f"the environment cannot be made: {ended.stdout[-500:]}")


def _program(folder: Path, name: str) -> Path:
    if os.name == "nt":
        return folder / "Scripts" / f"{name}.exe"
    return folder / "bin" / name
