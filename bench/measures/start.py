"""start: from starting the process to its first answers, against an empty `MCPServer`.

In both eras, at the wire, interleaved; the least of all starts, because whatever else the machine
does only adds. The home has been used before and holds a mailbox.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rig.figures import Report, median, milliseconds
from rig.homes import peer, postroom_mcp, throw_away_folder
from rig.size import Size
from rig.wire import Era, greeted, started

GREETING_TARGET, FIRST_CALL_TARGET = 1.1, 1.25

Times = dict[str, list[float]]
"""Seconds by what was awaited."""


def run(size: Size) -> Report:
    report = Report("start")
    with throw_away_folder() as folder:
        (home := folder / "home").mkdir()
        with greeted(postroom_mcp(home, "ada"), folder / "log") as ada:
            ada.call("create_mailbox", username="ada")
        for era in Era:
            ours, floor = _starts(era, size.starts, home, folder / "log")
            _tell(report, era, ours, floor)
    report.note(f"least and median of {size.starts} interleaved starts")
    return report


def _starts(era: Era, count: int, home: Path, log: Path) -> tuple[Times, Times]:
    ours: Times = defaultdict(list)
    floor: Times = defaultdict(list)
    for number in range(count + 1):
        warm = number > 0  # the first start writes and reads what the next ones find in memory
        # By turns first, so that neither always follows the other's end.
        both = (
            (postroom_mcp(home, "ada"), "list_threads", ours),
            (peer("empty_server"), "constant", floor),
        )
        for command, tool, times in both if number % 2 else reversed(both):
            _start(command, tool, era, log, times, warm)
    return ours, floor


def _start(
    command: Sequence[str], tool: str, era: Era, log: Path, times: Times, counted: bool
) -> None:
    begin = time.perf_counter()
    with started(command, log, era) as wire:
        wire.greet()
        greeting = time.perf_counter() - begin
        wire.call(tool)
        first = time.perf_counter() - begin
    if counted:
        times["greeting"].append(greeting)
        times["first call"].append(first)


def _tell(report: Report, era: Era, ours: Times, floor: Times) -> None:
    greeting = "initialize" if era is Era.LEGACY else "server/discover"
    for what, said, target in (
        ("greeting", greeting, GREETING_TARGET),
        ("first call", "first list_threads", FIRST_CALL_TARGET),
    ):
        mine, theirs = ours[what], floor[what]
        report.add(f"{said} ({era})", milliseconds(min(mine)), "ms")
        report.add(f"{said} ({era}), median", milliseconds(median(mine)), "ms")
        report.add(f"  empty server ({era})", milliseconds(min(theirs)), "ms")
        report.add(f"  empty server ({era}), median", milliseconds(median(theirs)), "ms")
        report.add(f"  ratio ({era})", min(mine) / min(theirs), "x", target)
