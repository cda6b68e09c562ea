"""The token that guards the HTTP face."""

import os
import stat
import threading
from pathlib import Path

import pytest

from postroom.model.errors import Refused, Unavailable
from postroom.serving.own_token import ensure_token

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def test_the_first_start_makes_a_token_and_the_next_ones_keep_it(tmp_path: Path) -> None:
    token = ensure_token(tmp_path / "token")
    assert len(token) >= 43
    assert ensure_token(tmp_path / "token") == token
    assert ensure_token(tmp_path / "other") != token


@POSIX
def test_its_owner_alone_can_read_it_whatever_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ensure_token(tmp_path / "token")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


@POSIX
def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    ensure_token(tmp_path / "token")
    (tmp_path / "token").chmod(0o644)
    with pytest.raises(Refused, match="other users"):
        ensure_token(tmp_path / "token")


@pytest.mark.parametrize(
    "content",
    ["", "short\n", "a" * 40 + "\n" + "b" * 40 + "\n", "ä" * 40],
    ids=["empty", "short", "two lines", "not ASCII"],
)
def test_a_file_without_a_token_is_an_error_and_no_open_door(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(Unavailable, match="holds no token"):
        ensure_token(file)


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    found: list[str] = []
    starts = [
        threading.Thread(target=lambda: found.append(ensure_token(tmp_path / "token")))
        for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_home_that_cannot_hold_one_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()
    for file in (tmp_path / "absent" / "token", tmp_path / "token"):
        with pytest.raises((Unavailable, Refused)) as raised:
            ensure_token(file)
        assert raised.value.code in ("token_unreadable", "token_readable_by_others")
