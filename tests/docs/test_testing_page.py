"""The page of the test kit is a test suite: each block is a file, run as its readers would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import postroom.testing

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
SEARCH = os.pathsep.join(str(ROOT / folder) for folder in ("server", "tools"))
CONFTEST, *TESTS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

SETTINGS = "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"


def test_the_page_of_the_test_kit_passes(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for number, block in enumerate(TESTS, 1):
        (tmp_path / f"test_block_{number}.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": SEARCH},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    whole = len(re.findall(r"^(?:async )?def test_", "\n".join(TESTS), re.MULTILINE))
    assert f" {whole} passed in" in done.stdout


def test_the_page_names_all_that_the_kit_offers() -> None:
    missing = [name for name in postroom.testing.__all__ if not re.search(rf"\b{name}\b", PAGE)]
    assert missing == []
