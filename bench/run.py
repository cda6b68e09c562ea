"""Measure the post room: ``python bench/run.py [names] [--quick] [--json]``. See README.md."""

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Sequence
from typing import Any

from rig.absent import Absent
from rig.figures import Report
from rig.size import SIZES, Size

MEASURES = (
    "start",
    "reply",
    "send",
    "reads",
    "mcp_http",
    "events",
    "rest",
    "files",
    "policy",
    "verifying",
    "webhooks",
    "archive",
    "parsing",
    "signing",
    "idle",
    "elsewhere_reply",
    "first_sync",
    "many",
    "submission",
    "kills",
)


def main(arguments: Sequence[str]) -> int:
    """0 where everything was measured; 1 where a target was missed and ``--strict`` was given."""
    asked = _parser().parse_args(arguments)
    size = SIZES["tiny" if asked.tiny else "quick" if asked.quick else "full"]
    reports = [_measure(name, size, asked.shuffle, asked.json) for name in asked.names or MEASURES]
    if asked.json:
        print(json.dumps(_data(size, reports), indent=2))
    missed = sum(len(report.missed) for report in reports)
    if not asked.json:
        print(f"\n{missed} target{'s' if missed != 1 else ''} missed; {_machine_line()}.")
    return 1 if missed and asked.strict else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*MEASURES, []], metavar="name", help=", ".join(MEASURES)
    )
    parser.add_argument("--quick", action="store_true", help="fewer samples, no million messages")
    parser.add_argument("--tiny", action="store_true", help="only shows that everything runs")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="the archive out of order")
    return parser


def _measure(name: str, size: Size, shuffle: int | None, quiet: bool) -> Report:
    measure = importlib.import_module(f"measures.{name}")
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    try:
        report: Report = measure.run(size, shuffle) if name == "archive" else measure.run(size)
    except Absent as absent:
        report = Report(name)
        report.note(f"not measured: {absent}")
    if not quiet:
        print(report.as_text(), flush=True)
    return report


def _data(size: Size, reports: list[Report]) -> dict[str, Any]:
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
    }
    return {"size": size.name, "machine": machine, "measures": [r.as_data() for r in reports]}


def _machine_line() -> str:
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
