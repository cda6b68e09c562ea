"""The kit as its users have it: in folders of their own, with their own pytest, and no settings of
ours. Warnings are errors there, too."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEARCH = os.pathsep.join(str(ROOT / folder) for folder in ("server", "tools"))


def run_pytest(folder: Path, where: Path, *options: str) -> str:
    """What pytest says of a folder's tests, run in a copy of it elsewhere."""
    copy = shutil.copytree(
        folder, where / folder.name, ignore=shutil.ignore_patterns("__pycache__")
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        [*command, "--rootdir", str(copy), str(copy)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": SEARCH},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_agent_of_somebody_elses_is_tested_with_it(tmp_path: Path) -> None:
    assert re.search(r"\b6 passed in", run_pytest(HERE / "outside", tmp_path, "-p", "no:anyio"))


def test_anyios_own_plugin_runs_it(tmp_path: Path) -> None:
    said = run_pytest(HERE / "outside_anyio", tmp_path, "-p", "no:asyncio")
    assert re.search(r"\b1 passed in", said)
