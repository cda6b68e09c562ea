"""Programs of Node's, for what cannot be had from Python: other people's MCP clients and tools.

A folder names them in its `package.json`, in exact versions, and `package-lock.json` beside it
pins what they need in turn. Each folder is installed once, by the machine's npm, and kept in
`build/node` (or where `POSTROOM_NODE` names) for as long as those two files stay as they are.
None of the packages' own install scripts runs. Several test runs may ask for the same one at a
time.

Node itself comes the same way, from `tests/node`: that of a machine may be too old.

    python tests/node_programs.py              installs all of them; `make node` does
    python tests/node_programs.py --pin FOLDER makes the folder's package-lock.json anew
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import filelock
import pytest

INSTALL_SECONDS = 600
OLDEST_NODE = 22

_TESTS = Path(__file__).resolve().parent
_NODE = _TESTS / "node"
_FOLDER = _TESTS.parent / "build" / "node"


class CannotBeHad(Exception):
    """What a person is told who wanted the programs."""


def node() -> Path:
    """A Node of version 22 or newer: the pinned one, or the machine's own where there is none for
    its kind of machine. A test is skipped where neither is."""
    return _or_skip(_node)


def packages(folder: Path) -> Path:
    """A folder with `node_modules` in it, holding what ``folder / "package.json"`` pins.

    A test whose packages cannot be installed is skipped, and told the installer's last words;
    where everything must be tested, `.ci/run` fails for that. One that asks first has to allow for
    the time: `@pytest.mark.timeout(...)`.
    """
    return _or_skip(lambda: _packages(folder))


def program(folder: Path, package: str, name: str | None = None) -> list[str]:
    """The words that start a package's program: Node, and the file; arguments follow.

    ``name`` is the program's, where the package has several.
    """
    home = packages(folder) / "node_modules" / package
    told = json.loads((home / "package.json").read_text())["bin"]
    file = told if isinstance(told, str) else told[name or next(iter(told))]
    return [str(node()), str(home / file)]


def install_all() -> None:
    """Install every folder of the tests that pins packages; raises CannotBeHad."""
    for file in sorted(_TESTS.rglob("package-lock.json")):
        _packages(file.parent)
    _node()


def pin(folder: Path) -> None:
    """Make the folder's package-lock.json anew: each package's version and checksum, and no address
    of where any of them comes from."""
    file = folder / "package-lock.json"
    file.unlink(missing_ok=True)
    _npm(folder, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
    told = json.loads(file.read_text())
    for each in told["packages"].values():
        each.pop("funding", None)
        if "resolved" in each:
            raise CannotBeHad("npm wrote addresses into the lock file: it is older than 8.6")
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _or_skip(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except CannotBeHad as error:
        pytest.skip(str(error))


@cache
def _node() -> Path:
    found = list((_packages(_NODE) / "node_modules").glob("node-*/bin/node*"))
    if not found and (own := shutil.which("node")):
        found = [Path(own)]
    if not found or _version(found[0]) < OLDEST_NODE:
        raise CannotBeHad(f"no Node {OLDEST_NODE} or newer is to be had for this kind of machine")
    return found[0]


def _version(node: Path) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60)
    return int(said.stdout.strip().lstrip("v").split(".")[0] or 0)


@cache
def _packages(folder: Path) -> Path:
    place = _place(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{place}.lock"):
        if not (place / "complete").exists():
            _install(folder, place)
    return place


def _place(folder: Path) -> Path:
    pinned = b"\n".join((folder / name).read_bytes() for name in _PINNED)
    name = f"{folder.parent.name}-{folder.name}-{hashlib.sha256(pinned).hexdigest()[:16]}"
    return Path(os.environ.get("POSTROOM_NODE", _FOLDER)) / name


_PINNED = ("package.json", "package-lock.json")


def _install(folder: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in _PINNED:
        shutil.copy(folder / name, place)
    _npm(place, "ci")
    (place / "complete").touch()


def _npm(folder: Path, *command: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotBeHad("npm is missing; `make servers` installs Debian's")
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    ended = subprocess.run(
        [npm, *command, *quietly, "--loglevel=error"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if ended.returncode != 0:
        raise CannotBeHad(f"npm cannot install {folder.name}: {ended.stdout[-500:]}")


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["--pin"]:
            pin(Path(sys.argv[2]).resolve())
        else:
            install_all()
    except CannotBeHad as error:
        sys.exit(str(error))
