"""Two texts, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_LINES = 1_000
"""Of each. The worst that was tried takes a tenth of a second; nobody reads more."""

AROUND = 2
"""Lines that are shown beside what differs."""


@dataclass(frozen=True)
class Line:
    """A line of one of them or of both; ``left_out`` for so many that are the same."""

    kind: Literal["same", "new", "gone", "left_out"]
    text: str


def compared(before: str, after: str) -> tuple[Line, ...]:
    """What is new in ``after`` and what of ``before`` is gone, with a little of what stayed."""
    old, new = before.splitlines()[:MOST_LINES], after.splitlines()[:MOST_LINES]
    found: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found += _same(new[c:d], is_first=c == 0, is_last=d == len(new))
        else:
            found += (Line("gone", each) for each in old[a:b])
            found += (Line("new", each) for each in new[c:d])
    return tuple(found)


def _same(lines: list[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(lines) <= head + tail + 1:
        yield from (Line("same", each) for each in lines)
        return
    yield from (Line("same", each) for each in lines[:head])
    yield Line("left_out", f"{len(lines) - head - tail} lines are the same")
    yield from (Line("same", each) for each in lines[len(lines) - tail :])
