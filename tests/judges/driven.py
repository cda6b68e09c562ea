"""Clients that others wrote, each in a process of its own, that do what a test says.

sdk-1      @modelcontextprotocol/sdk 1.x        by programs/driver.mjs
sdk-2      @modelcontextprotocol/client 2.x     the same
python-1   mcp 1.30                             by programs/python_1.py
"""

import contextlib
import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments import python_with
from judges.post import Post
from node_programs import node, packages

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
PACKAGES = HERE / "packages"

PATIENCE = 20.0
"""How long a call may take, seconds, where a test says nothing else."""


END_SECONDS = 20.0


@dataclass(frozen=True)
class Way:
    """By which SDK a client comes, over what, and in which era of the protocol."""

    sdk: str
    over: str
    era: str = "legacy"

    def __str__(self) -> str:
        return f"{self.sdk}-{self.over}-{self.era}"


NEWEST = "2026-07-28"

WAYS = (
    Way("sdk-1", "stdio"),
    Way("sdk-1", "http"),
    Way("sdk-2", "http"),
    Way("sdk-2", "stdio", NEWEST),
    Way("sdk-2", "http", NEWEST),
    Way("python-1", "stdio"),
    Way("python-1", "http"),
)


class Driven:
    """One client, connected as an agent of its own name."""

    def __init__(self, way: Way, post: Post, folder: Path) -> None:
        self.way = way
        self.agent = str(way)
        self.log = folder / f"{way}.txt"
        with self.log.open("wb") as words:
            self.process = subprocess.Popen(
                [*_program(way, folder), json.dumps(_told(way, post, self.agent))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )
        self._numbers = itertools.count(1)
        self._answered: dict[int, dict[str, Any]] = {}

    def connected(self) -> "Driven":
        """Itself, once it is."""
        self.answer(0)
        return self

    def begin(self, do: str, **more: Any) -> int:
        """The number under which the answer will come."""
        number = next(self._numbers)
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"id": number, "do": do, **more}) + "\n")
        self.process.stdin.flush()
        return number

    def begin_call(
        self, tool: str, *, seconds: float = PATIENCE, patient: bool = False, **given: Any
    ) -> int:
        """``seconds`` is how long the client waits for the answer; where it is ``patient``, it asks
        to be told of progress, and takes that for a sign of life if its SDK can."""
        asked = {"tool": tool, "arguments": given, "seconds": seconds, "patient": patient}
        return self.begin("call", **asked)

    def answer(self, number: int) -> dict[str, Any]:
        """What came of it: a result or an error, and the progress that was told."""
        assert self.process.stdout
        while number not in self._answered:
            line = self.process.stdout.readline()
            assert line, self.log.read_text()
            told = json.loads(line)
            self._answered[told["id"]] = told
        return self._answered[number]

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """The answer to anything but a call."""
        return _result(self.answer(self.begin(do, **more)))

    def call(self, tool: str, **given: Any) -> dict[str, Any]:
        """The tool's result, as the SDK hands it to a host."""
        return _result(self.answer(self.begin_call(tool, **given)))

    def facts(self, tool: str, **given: Any) -> dict[str, Any]:
        """The structured content of an answer that is no error, and that says the same as text."""
        result = self.call(tool, **given)
        assert not result.get("isError"), result
        facts: dict[str, Any] = result["structuredContent"]
        assert [json.loads(each["text"]) for each in result["content"]] == [facts]
        return facts

    def leave(self, *numbers: int) -> None:
        """Give calls up."""
        for number in numbers:
            self.answer(self.begin("leave", of=number))
            assert "error" in self.answer(number)

    def children(self) -> list[int]:
        """The processes that it has started, by Linux's own account (proc(5))."""
        stats = [each.read_text().rpartition(")") for each in Path("/proc").glob("[0-9]*/stat")]
        return [
            int(before.partition(" ")[0])
            for before, _, after in stats
            if int(after.split()[1]) == self.process.pid
        ]

    def kill(self) -> None:
        """End it in the midst of things."""
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Hang up as a host does that is closed: the client closes its connection, and ends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.communicate(timeout=END_SECONDS)
        self.process.kill()
        self.process.communicate()


def _result(told: dict[str, Any]) -> dict[str, Any]:
    assert "error" not in told, told["error"]
    result: dict[str, Any] = told["result"]
    return result


def _program(way: Way, folder: Path) -> list[str]:
    if way.sdk == "python-1":
        return [str(python_with(HERE / "python-1.txt")), str(PROGRAMS / "python_1.py")]
    return [str(node()), str(_staged(folder) / "driver.mjs")]


def _staged(folder: Path) -> Path:
    """The programs beside what they import: Node looks for that where a program stands."""
    staged = folder / "programs"
    if not staged.exists():
        shutil.copytree(PROGRAMS, staged)
        (staged / "node_modules").symlink_to(packages(PACKAGES) / "node_modules")
    return staged


def _told(way: Way, post: Post, agent: str) -> dict[str, Any]:
    told: dict[str, Any] = {"sdk": way.sdk, "era": way.era}
    if way.over == "http":
        return {**told, "url": post.url, "token": post.token(agent)}
    words = ["-m", "postroom", "mcp", "--agent", agent]
    return {**told, "command": sys.executable, "args": words, "env": post.program.environment()}
