"""`postroom wait --exec`: a command for each message, and nothing lost."""

import json
import os
import re
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli.shell import Ended, Program

ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"

RECORD = """
import json, os, sys
told = {"argv": sys.argv[1:], "stdin": json.load(sys.stdin)}
told["env"] = {k: v for k, v in os.environ.items() if k.startswith("POSTROOM_")}
with open(os.environ["RECORD"], "a", encoding="utf-8") as file:
    file.write(json.dumps(told) + "\\n")
"""


class Command:
    """A command that records what it was given, and fails as often as it is told to."""

    def __init__(self, folder: Path, first: str = "") -> None:
        self.script = folder / "command.py"
        self.script.write_text(first + RECORD, encoding="utf-8")
        self.file = folder / "record"
        self.line = f"{shlex.quote(sys.executable)} {shlex.quote(str(self.script))}"

    @property
    def records(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


def write(postroom: Program, text: str, subject: str = "s") -> None:
    done = postroom("send", "--mailbox", ADA, "--to", BEN, "--subject", subject, "--text", text)
    assert done.code == 0, done.err


def hand_over(postroom: Program, command: Command, *more: str) -> Ended:
    return postroom(
        "wait", "--mailbox", BEN, "--timeout", "30", "--exec", command.line, *more,
        RECORD=str(command.file),
    )  # fmt: skip


def test_each_message_is_handed_over_once_in_order(two_mailboxes: Program, tmp_path: Path) -> None:
    for text in ("first", "second"):
        write(two_mailboxes, text)
    command = Command(tmp_path)
    ended = hand_over(two_mailboxes, command)
    assert ended.code == 0, ended.err
    assert [r["stdin"]["untrusted_text"] for r in command.records] == ["first", "second"]
    again = hand_over(two_mailboxes, command, "--timeout", "1")
    assert again.code == 4, "both were acknowledged"
    assert len(command.records) == 2


def test_a_strangers_words_reach_standard_input_alone(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    poison = "$(touch owned); `touch owned` && echo 'x' \\\" | tee owned"
    write(two_mailboxes, poison, subject=poison)
    command = Command(tmp_path)
    assert hand_over(two_mailboxes, command).code == 0
    record = command.records[0]
    assert record["argv"] == []
    env = record["env"]
    assert isinstance(env, dict)
    assert set(env) - (os.environ.keys() - {"POSTROOM_HOME"}) == {
        "POSTROOM_HOME", "POSTROOM_MAILBOX", "POSTROOM_MESSAGE_ID", "POSTROOM_THREAD_ID",
    }  # fmt: skip
    assert env["POSTROOM_MAILBOX"] == BEN
    assert env["POSTROOM_MESSAGE_ID"] == record["stdin"]["message_id"]
    assert "owned" not in json.dumps(env)
    assert not list(Path.cwd().glob("owned"))


def test_a_failing_command_is_tried_again_and_then_nothing_is_lost(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    write(two_mailboxes, "precious")
    failing = Command(tmp_path, first="raise SystemExit(7)\n")
    ended = hand_over(two_mailboxes, failing, "--json")
    assert ended.code == 1
    errors = [json.loads(line)["error"] for line in ended.err.splitlines()]
    assert [error["code"] for error in errors] == ["command_failed"] * 3
    assert "ended with 7" in errors[0]["message"]
    assert "Nothing is lost" in errors[-1]["next_step"]
    mended = Command(tmp_path)
    assert hand_over(two_mailboxes, mended).code == 0
    assert [r["stdin"]["untrusted_text"] for r in mended.records] == ["precious"]


def test_a_command_that_hangs_is_ended(two_mailboxes: Program, tmp_path: Path) -> None:
    write(two_mailboxes, "t")
    flag = tmp_path / "second"
    hanging = Command(
        tmp_path,
        first="import os, time\n"
        f"if not os.path.exists({str(flag)!r}):\n"
        f"    open({str(flag)!r}, 'w').close()\n"
        "    time.sleep(60)\n",
    )
    ended = hand_over(two_mailboxes, hanging, "--exec-timeout", "3")
    assert ended.code == 0, ended.err
    assert "took longer than 3 s" in ended.err
    assert len(hanging.records) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals by number")
def test_told_to_stop_it_lets_the_command_finish_and_acknowledges(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    write(two_mailboxes, "t")
    started = tmp_path / "started"
    slow = Command(
        tmp_path, first=f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(1)\n"
    )
    watching = two_mailboxes.start(
        "wait", "--mailbox", BEN, "--follow", "--exec", slow.line, RECORD=str(slow.file)
    )
    deadline = time.monotonic() + 20
    while not started.exists() and time.monotonic() < deadline:
        assert watching.poll() is None
    watching.send_signal(signal.SIGTERM)
    _, err = watching.communicate(timeout=20)
    assert watching.returncode == 0, err
    assert len(slow.records) == 1
    assert hand_over(two_mailboxes, slow, "--timeout", "0.5").code == 4
    assert len(slow.records) == 1


def test_at_the_end_it_says_what_was_done(two_mailboxes: Program, tmp_path: Path) -> None:
    for text in ("first", "second"):
        write(two_mailboxes, text)
    command = Command(tmp_path, first="print('a line of its own')\n")
    ended = hand_over(two_mailboxes, command)
    assert ended.code == 0
    assert ended.out.splitlines() == ["a line of its own"] * 2
    assert re.search(
        r"^2 messages handed to the command\. Go on with --after \S+$", ended.err, re.M
    )
    assert "timeout" not in ended.err


def test_with_json_standard_output_is_json_beside_what_a_command_writes(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    write(two_mailboxes, "t")
    command = Command(tmp_path, first="print('a line of its own')\n")
    ended = hand_over(two_mailboxes, command, "--json")
    assert ended.code == 0
    assert ended.json["handed_over"] == 1
    assert "outcome" not in ended.json
    assert "a line of its own" in ended.err
    asked = ("wait", "--mailbox", BEN, "--after", ended.json["after"], "--timeout", "0", "--json")
    assert two_mailboxes(*asked).json["outcome"] == "timeout"


def test_one_look_takes_nothing_away(two_mailboxes: Program) -> None:
    write(two_mailboxes, "t")
    asked = ("wait", "--mailbox", BEN, "--json")
    assert two_mailboxes(*asked).json["messages"] == two_mailboxes(*asked).json["messages"]
    after = two_mailboxes(*asked).json["after"]
    assert two_mailboxes(*asked, "--after", after, "--timeout", "0").code == 4


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals by number")
def test_told_to_stop_amid_a_command_that_fails_then_it_says_that_it_was_not_done(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    write(two_mailboxes, "t")
    started = tmp_path / "started"
    failing = Command(
        tmp_path,
        first=f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(60)\n",
    )
    watching = two_mailboxes.start(
        "wait", "--mailbox", BEN, "--follow", "--exec", failing.line, "--exec-timeout", "4"
    )
    deadline = time.monotonic() + 20
    while not started.exists() and time.monotonic() < deadline:
        assert watching.poll() is None
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=30)
    assert watching.returncode == 130, err
    assert b"Traceback" not in err
    assert b"try 1 of 3" in err
    assert b"try 2 of 3" not in err, "told to stop, it begins nothing anew"
    assert b"the next run begins with it" in err
