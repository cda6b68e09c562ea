"""mcp_http: a tool call over Streamable HTTP, beside an empty MCPServer that answers the same.

`postroom serve` with its whole doorway (token, names, rates, bodies) and an index of 100 messages;
by turns, so that a busy machine slows both. What a large answer costs at the desk is `reads`.
"""

import asyncio
import json

from rig.figures import Bound, Report, median, milliseconds, p95
from rig.filling import READER, fill
from rig.homes import peer, throw_away_folder
from rig.http_wire import HttpWire, postroom_serve, served
from rig.size import Size

TOOL = "list_mailboxes"
MESSAGES = 100
WARM_UP = 5
AT_A_TIME = 16
CALLS_A_ROUND = 8
TURNS = 5

LATENCY_TARGET, RATE_TARGET = 1.5, 0.5


def run(size: Size) -> Report:
    report = Report("mcp_http")
    with throw_away_folder() as folder:
        (home := folder / "home").mkdir()
        # The bounds are not what is measured.
        (home / "postroom.toml").write_text("[serve]\nrequests_per_minute = 100_000_000\n")
        asyncio.run(fill(home, MESSAGES, with_others=False))
        log = folder / "log"
        with served(postroom_serve(home, READER), log) as ours:
            token = (home / "token").read_text(encoding="ascii").strip()
            answer = folder / "answer.json"
            constant = asyncio.run(_answer(HttpWire(*ours, TOOL, token)))
            answer.write_text(json.dumps(constant), encoding="utf-8")
            with served(peer("empty_http", str(answer)), log) as empty:
                asyncio.run(
                    _measure(
                        report, size, HttpWire(*ours, TOOL, token), HttpWire(*empty, "constant")
                    )
                )
    report.note(f"{TOOL} at {MESSAGES} messages; medians of {size.rounds} calls, by turns")
    report.note(
        f"rates of {TURNS} turns of {size.rounds * CALLS_A_ROUND} calls, {AT_A_TIME} at a time"
    )
    return report


async def _answer(wire: HttpWire) -> object:
    result = await wire.call()
    await wire.close()
    return result["structuredContent"]


async def _measure(report: Report, size: Size, ours: HttpWire, empty: HttpWire) -> None:
    await _measure_latency(report, size, ours, empty)
    await _measure_rate(report, size, ours, empty)
    await ours.close()
    await empty.close()


async def _measure_latency(report: Report, size: Size, ours: HttpWire, empty: HttpWire) -> None:
    taken: list[float] = []
    floor: list[float] = []
    for number in range(-WARM_UP, size.rounds):
        pair = await ours.timed(), await empty.timed()
        if number >= 0:
            taken.append(pair[0])
            floor.append(pair[1])
    report.add("a call", milliseconds(median(taken)), "ms")
    report.add("  p95", milliseconds(p95(taken)), "ms")
    report.add("  empty server", milliseconds(median(floor)), "ms")
    report.add("  ratio", median(taken) / median(floor), "x", LATENCY_TARGET)


async def _measure_rate(report: Report, size: Size, ours: HttpWire, empty: HttpWire) -> None:
    calls = size.rounds * CALLS_A_ROUND
    turns = [
        (*await ours.many(calls, AT_A_TIME), *await empty.many(calls, AT_A_TIME))
        for _ in range(TURNS)
    ]
    taken, worked, floor, floor_worked = (median(each) for each in zip(*turns, strict=True))
    report.add("calls a second", 1 / taken, "/s")
    report.add("  empty server", 1 / floor, "/s")
    report.add("  ratio", floor / taken, "x", RATE_TARGET, Bound.AT_LEAST)
    report.add("processor time a call", milliseconds(worked), "ms")
    report.add("  empty server", milliseconds(floor_worked), "ms")
    report.add("  ratio", worked / floor_worked, "x")
