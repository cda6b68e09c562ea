"""Answers that are repeated as long as nothing has changed: most readers ask again and again.

An answer is kept under who asked and what, with the moment before it was asked for. In the same
moment (desk/standing.py) the desk would answer the same to the byte: no process has written since,
and the second is the same where an answer tells one. Who asks is found out anew each time.
"""

from typing import NamedTuple

from postroom.desk.standing import Moment
from postroom.model.callers import Caller

MOST_BYTES = 16 * 1024 * 1024
"""Of answers in memory; with more, all are forgotten."""

MOST_ANSWERS = 10_000

Question = tuple[Caller, str, bytes]
"""Who asks, the path, and the query as it was written."""


class _Answer(NamedTuple):
    version: int
    second: int | None
    """None where the answer says nothing of the time."""
    body: bytes


class Kept:
    """The answers of the moments just past."""

    def __init__(self) -> None:
        self._answers: dict[Question, _Answer] = {}
        self._bytes = 0

    def get(self, question: Question, moment: Moment) -> bytes | None:
        """The answer to a question, where it was given in this very moment."""
        found = self._answers.get(question)
        if found is None or found.version != moment.version:
            return None
        return found.body if found.second in (None, moment.second) else None

    def keep(
        self, question: Question, moment: Moment, body: bytes, *, tells_time: bool = True
    ) -> None:
        """``moment``: before it was asked for."""
        old = self._answers.pop(question, None)
        self._bytes += len(body) - (len(old.body) if old else 0)
        if self._bytes > MOST_BYTES or len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
            self._bytes = len(body)
        second = moment.second if tells_time else None
        self._answers[question] = _Answer(moment.version, second, body)
