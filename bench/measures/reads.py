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
        with throw_away_folder() as folder:
            (home := folder / "home").mkdir()
            searched = messages == size.searched_at
            asyncio.run(fill(home, messages, with_others=searched))
            log = folder / "log"
            with (
                greeted(postroom_mcp(home, READER), log) as reader,
                greeted(peer("constant_server"), log) as constant,
            ):
                _measure_reads(report, size, messages, reader, constant, folder)
                if searched:
                    _measure_searches(report, size, messages, reader, constant, folder)
    report.note(f"medians of {size.rounds} calls, each beside one of the constant tool")
    return report


def _measure_reads(
    report: Report, size: Size, messages: int, reader: Wire, constant: Wire, folder: Path
) -> None:
    listed = reader.call("list_threads", limit=min(THREADS_READ, 100))["threads"]
    calls: list[Call] = [("get_thread", {"thread_id": t["thread_id"]}) for t in listed]
    _compare(report, f"list_threads, {messages:,}", [("list_threads", {})], size, reader, constant,
             folder, READ_TARGET)
    _compare(report, f"get_thread, {messages:,}", calls, size, reader, constant, folder,
             READ_TARGET)


def _measure_searches(
    report: Report, size: Size, messages: int, reader: Wire, constant: Wire, folder: Path
) -> None:
    for said, query in (
        ("a rare word", RARE),
        ("a common word", COMMON),
        ("two common words", f"{COMMON} attached"),
        ("common only in other mailboxes", FOREIGN),
        ("the same, and once here", LONELY),
        ("no such word", "nowhere"),
    ):
        call: Call = ("list_threads", {"query": query})
        _compare(report, f"search {messages:,}: {said}", [call], size, reader, constant, folder,
                 SEARCH_TARGET)


def _compare(
    report: Report,
    said: str,
    calls: Sequence[Call],
    size: Size,
    reader: Wire,
    constant: Wire,
    folder: Path,
    target: float,
) -> None:
    """The calls in turn, each beside the constant tool with the same answer."""
    answers = [reader.call_raw(tool, given) for tool, given in calls]
    file = folder / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    constant.call("answers", file=str(file))
    ours: list[float] = []
    floor: list[float] = []
    for number in range(-WARM_UP, size.rounds):
        which = number % len(calls)
        tool, given = calls[which]
        taken = reader.timed(tool, **given), constant.timed("answer", number=which)
        if number >= 0:
            ours.append(taken[0])
            floor.append(taken[1])
    report.add(said, milliseconds(median(ours)), "ms")
    report.add("  p95", milliseconds(p95(ours)), "ms")
    report.add("  constant tool", milliseconds(median(floor)), "ms")
    report.add("  ratio", median(ours) / median(floor), "x", target)
