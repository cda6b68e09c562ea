"""The fuzz target runs, and what it ever found stays mended."""

import subprocess
import sys
from pathlib import Path

import pytest
from mail_laws import check

HERE = Path(__file__).resolve().parent
FOUND = sorted((HERE / "found").glob("*.eml"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "parse.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_a_short_search_finds_nothing() -> None:
    done = run("--plain", "--seconds", "2", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert "nothing found" in done.stdout


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once_is_read(path: Path) -> None:
    check(path.read_bytes())


def test_one_mail_is_read_again_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Subject: x\r\n\r\ny")
    assert run("--replay", str(tmp_path / "a")).returncode == 0
