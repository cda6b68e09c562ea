"""The demo: two real processes, one conversation, and nothing left behind."""

import sys
from pathlib import Path

import pytest
from cli.shell import Program

from postroom.cli.demo.agent import Agent
from postroom.cli.demo.step import DemoFailed, Step
from postroom.cli.demo.story import Story

TOOLS_IN_ORDER = [
    "create_mailbox", "create_mailbox", "send_email", "wait_for_reply", "send_email",
    "wait_for_reply", "get_thread", "send_email", "wait_for_reply", "read_attachment",
]  # fmt: skip


def test_the_demo_plays_in_less_than_ten_seconds_and_leaves_nothing(
    postroom: Program, tmp_path: Path
) -> None:
    ended = postroom("demo", "--json", TMPDIR=str(tmp_path))
    assert ended.code == 0, ended.err
    told = ended.json
    assert [step["tool"] for step in told["steps"]] == TOOLS_IN_ORDER
    assert told["seconds"] < 10
    assert not Path(told["home"]).exists()
    assert not postroom.home.exists(), "a person's own post room is not touched"


def test_people_read_a_conversation_and_what_to_do_next(postroom: Program) -> None:
    ended = postroom("demo")
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out
    for words in (
        "│ there were 1,250 in refunds, so March comes to 40,000.",
        "│ refunds,-1250",
        "connect claude-desktop",
        "mailboxes credentials",
        "is removed; --keep keeps it.",
    ):
        assert words in ended.out
    assert "Traceback" not in ended.err


def test_kept_it_can_be_looked_into(postroom: Program, tmp_path: Path) -> None:
    ended = postroom("demo", "--keep", "--json", TMPDIR=str(tmp_path))
    home = ended.json["home"]
    found = postroom("threads", "list", "--home", home, "--json").json["threads"]
    assert [thread["message_count"] for thread in found] == [3, 3]
    login = ended.json["credentials"][0]
    assert login["user"] == "ada@agents.localhost"
    assert login["imap_port"] > 0
    told = postroom("mailboxes", "credentials", login["user"], "--home", home, "--json").json
    assert told["password"] == login["password"]


class _Scripted(Agent):
    """An agent whose tools answer what the test says."""

    def __init__(self, name: str, answers: list[dict[str, object]]) -> None:
        self.name = name
        self._answers = answers

    async def call(self, tool: str, **arguments: object) -> tuple[dict[str, object], float]:
        return self._answers.pop(0), 1.0


async def test_a_step_that_comes_out_wrong_ends_the_demo_with_a_sentence() -> None:
    told: list[Step] = []
    queued: dict[str, object] = {"status": "queued", "reason": "no worker", "recipients": ["ben@x"]}
    ada = _Scripted("ada", [{"status": "live", "address": "ada@x"}, queued])
    ben = _Scripted("ben", [{"status": "live", "address": "ben@x"}])
    with pytest.raises(DemoFailed, match="a mail is queued: no worker"):
        await Story(ada, ben, told.append).play()
    assert [step.tool for step in told] == ["create_mailbox", "create_mailbox"]


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals by number")
def test_a_demo_that_is_stopped_leaves_nothing_either(postroom: Program, tmp_path: Path) -> None:
    import signal

    playing = postroom.start("demo", TMPDIR=str(tmp_path))
    assert playing.stdout is not None
    for line in playing.stdout:
        if b"create_mailbox" in line:
            break
    playing.send_signal(signal.SIGTERM)
    _, err = playing.communicate(timeout=30)
    assert playing.returncode == 130, err
    assert b"Traceback" not in err
    assert not list(tmp_path.glob("postroom-demo-*"))
