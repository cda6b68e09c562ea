"""`postroom backup` and `postroom restore`, beside a process that serves."""

import sys
from pathlib import Path

import pytest
from cli.shell import Program


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGTERM lets a process end")
def test_a_room_that_is_served_is_backed_up_and_put_back_elsewhere(
    empty_room: Program, tmp_path: Path
) -> None:
    file, other = tmp_path / "b.tar", tmp_path / "other"
    serving = empty_room.start("serve", "--port", "0", "--json")
    assert serving.stdout is not None
    serving.stdout.readline()
    made = empty_room("backup", str(file), "--json")
    assert (made.code, made.json["file"]) == (0, str(file)), made.err
    again = empty_room("backup", str(file), "--json")
    assert (again.code, again.error["code"]) == (1, "file_exists")
    refused = empty_room("restore", str(file), "--json", "--replace")
    assert (refused.code, refused.error["code"]) == (5, "home_in_use")
    serving.terminate()
    serving.communicate(timeout=30)
    done = empty_room("restore", str(file), "--home", str(other), "--json")
    assert (done.code, done.json["home"], done.json["held"]) == (0, str(other), 0), done.err
    assert empty_room("restore", str(file)).code == 1
    replaced = empty_room("restore", str(file), "--replace")
    assert replaced.code == 0, replaced.err
    assert "replaced-" in replaced.out


def test_there_is_nothing_to_back_up_where_there_is_no_room(
    postroom: Program, tmp_path: Path
) -> None:
    ended = postroom("backup", str(tmp_path / "b.tar"), "--json")
    assert (ended.code, ended.error["code"]) == (3, "no_post_room")
