"""The program on a terminal of its own, with a person who answers its questions."""

import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass

from cli.shell import Program

PATIENCE_SECONDS = 60.0

SILENCE_SECONDS = 3.0

STOP = "\x03"
"""Control and C, in place of an answer."""

_ON_ITS_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True)
class Talk:
    """What stood on the terminal in the end, and the exit code."""

    code: int
    shown: str


def talk(
    program: Program, *arguments: str, answers: list[tuple[str, str]], **environment: str
) -> Talk:
    """Start a command and give each answer once its question is on the terminal. A question that
    never comes fails the test."""
    ours, its = os.openpty()
    running = subprocess.Popen(
        [sys.executable, "-c", _ON_ITS_TERMINAL, *program.arguments(*arguments)],
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        env=program.environment(**environment),
    )
    os.close(its)
    try:
        shown = _talk(ours, list(answers))
        return Talk(running.wait(timeout=PATIENCE_SECONDS), shown)
    finally:
        running.kill()
        running.wait(timeout=PATIENCE_SECONDS)
        os.close(ours)


def _talk(ours: int, answers: list[tuple[str, str]]) -> str:
    shown, heard_up_to, said = "", 0, ""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        piece = _read(ours)
        if piece is None and said == STOP:
            _say(ours, said)  # Python forgets it where it comes just before a line is read
        if piece == "":
            break
        shown += piece or ""
        if answers and (at := shown.find(answers[0][0], heard_up_to)) >= 0:
            heard_up_to = at + len(answers[0][0])
            said = answers.pop(0)[1]
            _say(ours, said)
    else:
        raise AssertionError(f"the program fell silent:\n{shown}")
    assert not answers, f"never asked: {answers[0][0]}\n{shown}"
    return shown


def _say(ours: int, answer: str) -> None:
    os.write(ours, answer.encode() if answer == STOP else f"{answer}\n".encode())


def _read(ours: int) -> str | None:
    """What comes next; None where nothing does for a while, "" once the program has gone."""
    ready, _, _ = select.select([ours], [], [], SILENCE_SECONDS)
    if not ready:
        return None
    try:
        return os.read(ours, 65536).decode("utf-8", "replace")
    except OSError:  # Linux says so at the end
        return ""
