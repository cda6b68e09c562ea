"""The MCP Inspector's command line as a client: it holds what we list to what many clients take,
and tells a tool's error by its exit code."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from judges.driven import PACKAGES
from judges.post import Post
from node_programs import program

from postroom_tools.catalogue import TOOLS

TOOL_IS_ERROR = 5
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Inspected:
    """What came of a question."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


class Inspector:
    """Asks the post room, one question a process."""

    def __init__(self, post: Post, home: Path) -> None:
        self._post = post
        self._token = post.token("inspector")
        self._program = [*program(PACKAGES, "@modelcontextprotocol/inspector"), "--cli"]
        self._environment = {**os.environ, "HOME": str(home)}  # it keeps a folder there

    def __call__(self, over: str, era: str, method: str, *more: str) -> Inspected:
        asked = ["--protocol-era", era, "--method", method, *more]
        ended = subprocess.run(
            [*self._program, *(self._http(asked) if over == "http" else self._stdio(asked))],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return Inspected(ended.returncode, ended.stdout, ended.stderr)

    def _http(self, asked: list[str]) -> list[str]:
        return [self._post.url, *asked, "--header", f"Authorization: Bearer {self._token}"]

    def _stdio(self, asked: list[str]) -> list[str]:
        home = f"POSTROOM_HOME={self._post.program.home}"
        command = [sys.executable, "-m", "postroom", "mcp", "--agent", "inspector"]
        return ["-e", home, *asked, "--", *command]


@pytest.fixture(scope="module")
def inspector(post: Post, tmp_path_factory: pytest.TempPathFactory) -> Inspector:
    return Inspector(post, tmp_path_factory.mktemp("person"))


# Each way asks some of it: a process for a question, over stdio a server too, take their time.
SOME = [("stdio", "legacy"), ("http", "modern")]
OTHERS = [("stdio", "modern"), ("http", "legacy")]

NAMED_ONLY = "Schema carries no validation keyword at all"
"""What it may remark: output schemas name most fields and say no more of them, as every client puts
all of them before its model in each turn."""


@pytest.mark.parametrize(("over", "era"), SOME + OTHERS)
def test_what_is_listed_suits_its_strict_eye(inspector: Inspector, over: str, era: str) -> None:
    listed = inspector(over, era, "tools/list", "--strict")
    assert {tool["name"] for tool in listed.json["tools"]} == {tool.name for tool in TOOLS}
    assert all(said.startswith(NAMED_ONLY) for said in re.findall(r"Issue: (.*)", listed.err))
    assert "inputSchema" not in listed.err


@pytest.mark.parametrize(("over", "era"), OTHERS)
def test_a_tools_error_is_seen_as_one(inspector: Inspector, over: str, era: str) -> None:
    asked = ("--tool-name", "get_thread", "--tool-arg", "thread_id=t_none")
    ended = inspector(over, era, "tools/call", *asked)
    assert ended.code == TOOL_IS_ERROR, ended.err
    assert "thread_not_found: You have no such thread." in ended.out


@pytest.mark.parametrize(("over", "era"), SOME)
def test_tools_are_called_and_resources_listed(inspector: Inspector, over: str, era: str) -> None:
    asked = ("--tool-name", "create_mailbox", "--tool-arg", f"username=inspector-{over}")
    made = inspector(over, era, "tools/call", *asked).json
    assert made["structuredContent"]["address"] == f"inspector-{over}@agents.localhost"
    resources = inspector(over, era, "resources/list").json["resources"]
    assert "postroom://threads" in {each["uri"] for each in resources}


@pytest.mark.parametrize(("over", "era"), OTHERS)
def test_prompts_are_listed_and_each_says_what_it_is_for(
    inspector: Inspector, over: str, era: str
) -> None:
    prompts = inspector(over, era, "prompts/list").json["prompts"]
    assert {"answer_thread", "follow_up", "triage_inbox"} <= {each["name"] for each in prompts}
    assert all(each["description"] for each in prompts)


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_many_calls_at_a_time_are_all_answered(inspector: Inspector, era: str) -> None:
    asked = ("--tool-name", "list_mailboxes", "--load", "--load-requests", "200")
    load = inspector("http", era, "tools/call", *asked).json
    assert (load["requests"], load["ok"]) == (200, 200), load
