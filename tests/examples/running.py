"""Programs that run in an environment of their own, and reach this machine alone."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaged import pythons
from served import Served

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "manifests" / "examples"
PROGRAMS = Path(__file__).parent / "programs"
GUARD = Path(__file__).parent / "guard"

PATIENCE_SECONDS = 200.0
"""CrewAI takes six seconds of a core to be imported: a minute on a busy machine."""


@dataclass(frozen=True)
class Surroundings:
    """Where a program of a framework runs: a Python, a person's folder, and what else is set.

    Nothing of the test's own environment is handed on: no key of a real model, no proxy.
    """

    python: Path
    person: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def reached_out(self) -> str:
        """What was wanted from elsewhere, a line each; it did not happen. Fails where nobody has
        looked."""
        return (self.person / "reached-out").read_text("utf-8")

    def environment(self, *searched: Path) -> dict[str, str]:
        search = [str(GUARD), *map(str, searched)]
        return {
            "PATH": f"{self.person}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.person),
            "PYTHONPATH": ":".join(search),
            "PYTHONUTF8": "1",
            "REACHED_OUT": str(self.person / "reached-out"),
            **self.more,
        }

    def __post_init__(self) -> None:
        self.person.mkdir()

    def make_program(self, name: str, does: str) -> None:
        """A program of that name, which starts a Python with what it ``does``."""
        file = self.person / name
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" {does} "$@"\n', encoding="utf-8")
        file.chmod(0o755)

    def run(self, *arguments: str, input: str = "", searched: Sequence[Path] = ()) -> str:
        """What a program says until it ends, which it has to do well."""
        done = subprocess.run(
            [str(self.python), *arguments],
            input=input,
            capture_output=True,
            text=True,
            cwd=self.person,
            env=self.environment(*searched),
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shown(self, program: str, calls: object, *searched: Path) -> Any:
        """What a model is shown of these calls of tools, one after another, through a framework."""
        said = self.run(str(PROGRAMS / program), input=json.dumps(calls), searched=searched)
        return json.loads(said.splitlines()[-1])

    @contextmanager
    def started(self, program: Path) -> Iterator["Speaking"]:
        """A program that goes on, until the end."""
        with (self.person / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                [str(self.python), str(program)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=self.person,
                env=self.environment(),
            )
        speaking = Speaking(process, self.person / "stderr")
        try:
            yield speaking
        finally:
            speaking.end()


class Speaking:
    """A program whose lines are read as they come."""

    def __init__(self, process: "subprocess.Popen[str]", stderr: Path) -> None:
        self._process = process
        self._stderr = stderr
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def says(self, words: str) -> str:
        """The next line that has these words in it."""
        heard = []
        while (line := self._lines.get(timeout=PATIENCE_SECONDS)) is not None:
            heard.append(line)
            if words in line:
                return line
        raise AssertionError(f"{''.join(heard)}\n{self._stderr.read_text('utf-8')}")

    def end(self) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_SECONDS)
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


def over_http(room: Served) -> dict[str, str]:
    """How a program is told of a post room that is served."""
    return {"POSTROOM_URL": room.url, "POSTROOM_TOKEN": room.token}


def over_stdio(room: Served) -> dict[str, str]:
    """How a program is told where the home is of a server that it starts itself."""
    return {"POSTROOM_HOME": str(room.home)}


def python_for_crewai() -> Path:
    """One that is new enough for all of it, where there is one; else this test's own."""
    return pythons.find("3.12", Path("uv")) or Path(sys.executable)
