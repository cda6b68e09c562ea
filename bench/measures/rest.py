"""rest: a list of threads and a thread over REST, beside bare Starlette routes.

Both servers are asked over eight kept connections, by turns, and answer the same bytes. Questions
that are asked again while nothing has changed are answered from memory; so the same is measured
with questions that differ each time (by ``max_tokens``, which changes nothing of the answer), where
all of it is looked up: token, list, thread.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rig.figures import Bound, Report, median
from rig.filling import READER, fill
from rig.homes import environment, peer, throw_away_folder
from rig.size import Size
from rig.web_load import WebLoad

TARGET = 0.7
THREADS_READ = 40
BATCH = 200
"""Requests in a row to one of the servers, before it is the other's turn."""

Paths = Callable[[int], list[str]]
"""The paths of a batch, by its number."""


def run(size: Size) -> Report:
    report = Report("rest")
    with throw_away_folder() as folder:
        (home := folder / "home").mkdir()
        # The bounds are not what is measured.
        (home / "postroom.toml").write_text("[serve]\nrequests_per_minute = 100_000_000\n")
        asyncio.run(fill(home, size.rest_messages, with_others=False))
        with _serving(home) as port:
            ours = WebLoad(port, _token(home))
            listed = json.loads(ours.get("/v1/threads"))["threads"]
            threads = [f"/v1/threads/{each['thread_id']}" for each in listed][:THREADS_READ]
            answers = {path: ours.get(path).decode() for path in ["/v1/threads", *threads]}
            (file := folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
            with _bare(file) as port_of_bare:
                _measure(report, size.rest_batches, ours, WebLoad(port_of_bare), threads)
    report.note(f"medians of {size.rest_batches} batches of {BATCH} requests, by turns")
    return report


def _measure(
    report: Report, batches: int, ours: WebLoad, bare: WebLoad, threads: Sequence[str]
) -> None:
    def again(paths: Sequence[str]) -> Paths:
        return lambda _: [paths[number % len(paths)] for number in range(BATCH)]

    def anew(paths: Sequence[str]) -> Paths:
        def batch(number: int) -> list[str]:
            tokens = 30_000 + number * BATCH
            return [f"{paths[n % len(paths)]}?max_tokens={tokens + n}" for n in range(BATCH)]

        return batch

    for said, paths in (("list", ["/v1/threads"]), ("get", threads)):
        _compare(report, batches, ours, bare, f"{said}, asked again", again(paths), TARGET)
        _compare(report, batches, ours, bare, f"{said}, asked anew", anew(paths), None)


def _compare(
    report: Report,
    batches: int,
    ours: WebLoad,
    bare: WebLoad,
    said: str,
    paths: Paths,
    target: float | None,
) -> None:
    rates: list[tuple[float, float]] = []
    for number in range(-1, batches):
        asked = paths(number + 1)
        measured = ours.rate(asked), bare.rate(asked)
        if number >= 0:
            rates.append(measured)
    ratio = median([one / other for one, other in rates])
    report.add(said, median([one for one, _ in rates]), "/s")
    report.add("  bare Starlette", median([other for _, other in rates]), "/s")
    report.add("  ratio", ratio, "x", target, Bound.AT_LEAST)


def _token(home: Path) -> str:
    command = [sys.executable, "-m", "postroom", "tokens", "create", "--agent", READER]
    made = subprocess.run(
        [*command, "--home", str(home)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip()


@contextmanager
def _serving(home: Path) -> Iterator[int]:
    """The port of `postroom serve`."""
    command = [sys.executable, "-m", "postroom", "serve", "--port", "0", "--home", str(home)]
    with _started(command) as line:
        yield int(line.split("http://127.0.0.1:")[1].split("/")[0])


@contextmanager
def _bare(answers: Path) -> Iterator[int]:
    with _started(peer("bare_starlette", str(answers))) as line:
        yield int(line)


@contextmanager
def _started(command: list[str]) -> Iterator[str]:
    """The first line that a program says; it is ended afterwards."""
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline()
        finally:
            process.terminate()
            process.wait(30)
