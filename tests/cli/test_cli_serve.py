"""`postroom serve`: it says where it listens, keeps mail moving, and ends when told to."""

import json
import os
import re
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from cli.shell import Program

ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGTERM lets a process end")
def test_it_listens_works_and_ends(two_mailboxes: Program) -> None:
    serving = two_mailboxes.start("serve", "--port", "0", "--json")
    try:
        assert serving.stdout is not None
        told = [json.loads(serving.stdout.readline())["says"] for _ in range(2)]
        url = re.search(r"http://\S+/mcp", told[0])
        assert url is not None
        assert ":8765/" not in url[0]  # 0 chose a free one
        assert refused_without_token(url[0])
        done = two_mailboxes("send", "--mailbox", ADA, "--to", BEN, "--subject", "s", "--text", "t")
        assert done.code == 0, done.err
        found = two_mailboxes("wait", "--mailbox", BEN, "--json")
        assert found.json["outcome"] == "reply"
        assert two_mailboxes("doctor").code == 0
    finally:
        serving.terminate()
        _, err = serving.communicate(timeout=30)
    assert serving.returncode == 0, err
    assert b"Traceback" not in err
    token = two_mailboxes.home / "token"
    if os.name == "posix":
        assert stat.S_IMODE(token.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGTERM lets a process end")
def test_it_goes_on_though_nobody_reads_what_it_says(two_mailboxes: Program) -> None:
    serving = subprocess.Popen(
        ["sh", "-c", 'exec "$@" >&-', "sh", *two_mailboxes.arguments("serve", "--port", "0")],
        env=two_mailboxes.environment(),
        stderr=subprocess.PIPE,
    )
    try:
        assert two_mailboxes("wait", "--mailbox", BEN, "--timeout", "3").code == 4
        assert two_mailboxes("doctor").code == 0
    finally:
        serving.terminate()
        _, err = serving.communicate(timeout=30)
    assert (serving.returncode, err) == (0, b"")


def refused_without_token(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=20)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 401
    return False


def test_it_lets_no_token_pass_over_a_network_in_clear(postroom: Program, tmp_path: Path) -> None:
    ended = postroom("serve", "--host", "0.0.0.0", "--port", "0", "--json")
    assert (ended.code, ended.error["code"]) == (2, "tokens_in_clear")
