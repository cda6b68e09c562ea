"""Homes that cannot be used are said to be so, in words that an operator can act on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers.postroom_processes import SEARCH
from servers.rooms import opened

from postroom.model.errors import Unavailable
from postroom.settings import load

FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv[1:2] = []
from postroom.cli.main import main
main()
"""
"""The program on a disk on which no file may grow beyond so many bytes."""


def full_disk(room_for: int, *asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FULL, str(room_for), *asked, "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SEARCH},
        timeout=60,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The error as JSON."""
    assert done.returncode
    assert "Traceback" not in done.stderr
    found: dict[str, Any] = json.loads((done.stdout or done.stderr).strip().splitlines()[-1])
    return found


@pytest.mark.parametrize("what", ["a folder in the index's place", "another kind of file"])
async def test_an_index_that_cannot_be_opened_is_told_with_its_place(
    tmp_path: Path, what: str
) -> None:
    file = tmp_path / "postroom.db"
    if what.startswith("a folder"):
        file.mkdir()
    else:
        file.write_bytes(b"no database" * 1000)
    with pytest.raises(Unavailable) as caught:
        async with opened(tmp_path, working=False):
            pass
    assert caught.value.code == "home_unusable"
    assert str(tmp_path) in caught.value.message


def test_a_home_that_cannot_be_made_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        load(tmp_path / "file" / "home")
    assert caught.value.code == "home_unusable"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0,
    reason="only on POSIX, for an ordinary user: root may write anywhere",
)
@pytest.mark.parametrize("used_before", [True, False])
async def test_a_home_that_may_only_be_read_is_told(tmp_path: Path, used_before: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if used_before:
        async with opened(home, working=False):
            pass
    folders = [home, *(each for each in home.iterdir() if each.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    try:
        with pytest.raises(Unavailable) as caught:
            async with opened(home, working=False):
                pass
        assert caught.value.code == "home_unusable"
    finally:
        for folder in folders:
            folder.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: such a limit")
@pytest.mark.parametrize("room_for", [0, 4096, 60_000])
def test_a_full_disk_at_the_first_start_is_told(tmp_path: Path, room_for: int) -> None:
    done = full_disk(room_for, "mailboxes", "create", "--username", "ada", "--home", str(tmp_path))
    assert told(done)["error"]["code"] in ("home_unusable", "index_unwritable", "disk_full")
