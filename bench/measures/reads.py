"""reads: list_threads, get_thread and full-text search, against a tool that does nothing.

Each call is followed by one of a constant tool that answers the very same bytes (structured content
and text) to the same client. Mailboxes of very different sizes: a read should not notice.
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rig.figures import Report, median, milliseconds, p95
from rig.filling import COMMON, FOREIGN, LONELY, RARE, READER, fill
from rig.homes import peer, postroom_mcp, throw_away_folder
from rig.size import Size
from rig.wire import Wire, greeted

READ_TARGET, SEARCH_TARGET = 1.5, 5.0
WARM_UP = 5
THREADS_READ = 40

Call = tuple[str, dict[str, Any]]


def run(size: Size) -> Report:
    report = Report("reads")
    for messages in size.filled:
        searched = messages == size.searched_at
        with throw_away_folder() as folder:
            (home := folder / "home").mkdir()
            asyncio.run(fill(home, messages, with_others=searched))
            log = folder / "log"
            with (
                greeted(postroom_mcp(home, READER), log) as reader,
                greeted(peer("constant_server"), log) as constant,
            ):
                beside = _Beside(report, size.rounds, reader, constant, folder / "answers.json")
                _measure_reads(beside, messages)
                if searched:
                    _measure_searches(beside, messages)
    report.note(f"medians of {size.rounds} calls, each beside one of the constant tool")
    return report


class _Beside:
    """Compares calls with a constant tool that answers the same."""

    def __init__(
        self, report: Report, rounds: int, reader: Wire, constant: Wire, answers: Path
    ) -> None:
        self.reader = reader
        self._report = report
        self._rounds = rounds
        self._constant = constant
        self._answers = answers

    def compare(self, said: str, calls: Sequence[Call], target: float) -> None:
        """Make the calls in turn, each beside the constant tool with the same answer."""
        self._load([self.reader.call_raw(tool, given) for tool, given in calls])
        ours: list[float] = []
        floor: list[float] = []
        for number in range(-WARM_UP, self._rounds):
            which = number % len(calls)
            tool, given = calls[which]
            taken = self.reader.timed(tool, **given), self._constant.timed("answer", number=which)
            if number >= 0:
                ours.append(taken[0])
                floor.append(taken[1])
        add = self._report.add
        add(said, milliseconds(median(ours)), "ms")
        add("  p95", milliseconds(p95(ours)), "ms")
        add("  constant tool", milliseconds(median(floor)), "ms")
        add("  ratio", median(ours) / median(floor), "x", target)

    def _load(self, answers: list[dict[str, Any]]) -> None:
        self._answers.write_text(json.dumps(answers), encoding="utf-8")
        self._constant.call("answers", file=str(self._answers))


def _measure_reads(beside: _Beside, messages: int) -> None:
    listed = beside.reader.call("list_threads", limit=THREADS_READ)["threads"]
    each: list[Call] = [("get_thread", {"thread_id": t["thread_id"]}) for t in listed]
    beside.compare(f"list_threads, {messages:,}", [("list_threads", {})], READ_TARGET)
    beside.compare(f"get_thread, {messages:,}", each, READ_TARGET)


def _measure_searches(beside: _Beside, messages: int) -> None:
    for said, query in (
        ("a rare word", RARE),
        ("a common word", COMMON),
        ("two common words", f"{COMMON} attached"),
        ("common only in other mailboxes", FOREIGN),
        ("the same, and once here", LONELY),
        ("no such word", "nowhere"),
    ):
        call: Call = ("list_threads", {"query": query})
        beside.compare(f"search {messages:,}: {said}", [call], SEARCH_TARGET)
