"""The program `postroom`, as a shell starts it, on a home of the test's own."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 60

END_SECONDS = 15
"""For a command that was left running to end by itself, and what it started with it."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


class Program:
    """Starts `postroom` on one home."""

    def __init__(self, home: Path, person: Path) -> None:
        self.home = home
        self.person = person
        self._started: list[subprocess.Popen[bytes]] = []

    def environment(self, **more: str) -> dict[str, str]:
        """A person's environment whose folders are all below the test's."""
        own = {
            "POSTROOM_HOME": str(self.home),
            "HOME": str(self.person),
            "USERPROFILE": str(self.person),
            "APPDATA": str(self.person / "AppData" / "Roaming"),
            "XDG_CONFIG_HOME": str(self.person / ".config"),
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",
        }
        return {**os.environ, **own, **more}

    def arguments(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "postroom", *arguments]

    def __call__(self, *arguments: str, input: bytes = b"", **environment: str) -> Ended:
        done = subprocess.run(
            self.arguments(*arguments),
            input=input,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env=self.environment(**environment),
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """A command that goes on; who starts it ends it, or `end_all` does where a test failed."""
        process = subprocess.Popen(
            self.arguments(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(**environment),
        )
        self._started.append(process)
        return process

    def end_all(self) -> None:
        """End what still runs of all that was started, politely at first: a command killed hard
        would leave behind what it has started itself."""
        for process in self._started:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(END_SECONDS)
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
