"""The demo from its first line to its last: a throw-away home, two servers, and the way out."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from postroom.cli.answers import err, out, say_json
from postroom.cli.at_desk import unless_stopped
from postroom.cli.demo.agent import agent, log_file
from postroom.cli.demo.ending import show_ending
from postroom.cli.demo.stage import Stage
from postroom.cli.demo.step import DemoFailed, Step
from postroom.cli.demo.story import Story
from postroom.mcp.stopping import told_to_stop
from postroom.model.answers import Credentials
from postroom.model.callers import operator

PATIENCE_SECONDS = 60.0
"""For the whole of it; it takes a few seconds. A demo that hangs tells nothing."""

NAMES = ("ada", "ben")
TOOLS = 8


def run_demo(as_json: bool, keep: bool) -> None:
    """Play it and print it.

    Raises:
        DemoFailed: something is not as it should be.
    """
    with _throw_away_home(keep) as home:
        try:
            asyncio.run(Demo(home, as_json, keep).play())
        except BaseException:
            if keep:
                err().line(f"The demo's home is kept: {home}")
            raise


class Demo:
    """One run of it."""

    def __init__(self, home: Path, as_json: bool, keep: bool) -> None:
        self._home = home
        self._json = as_json
        self._keep = keep
        self._steps: list[Step] = []
        self._stage = Stage(out())

    async def play(self) -> None:
        began = time.perf_counter()
        if not self._json:
            self._stage.open(str(self._home))
        with told_to_stop() as stop:
            try:
                addresses = await unless_stopped(self._talk(), stop)
            except TimeoutError as error:
                raise self._failed(f"it took longer than {PATIENCE_SECONDS:g} s") from error
            except ExceptionGroup as group:
                raise self._failed(f"{type(group.exceptions[0]).__name__}") from group
        seconds = time.perf_counter() - began
        found = await self._credentials(addresses) if self._keep else []
        self._end(seconds, found)

    async def _talk(self) -> tuple[str, str]:
        began = time.perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
            ada, ben = [await stack.enter_async_context(agent(n, self._home)) for n in NAMES]
            offered = [await one.tools() for one in (ada, ben)]
            if any(len(names) != TOOLS for names in offered):
                raise self._failed(f"a server offers {len(offered[0])} tools, and not {TOOLS}")
            if not self._json:
                self._stage.started(time.perf_counter() - began, TOOLS)
            return await Story(ada, ben, self._tell).play()

    def _tell(self, step: Step) -> None:
        self._steps.append(step)
        if not self._json:
            self._stage.show(step)

    def _failed(self, what: str) -> DemoFailed:
        logs = "".join(
            log_file(self._home, name).read_text(encoding="utf-8", errors="replace")
            for name in NAMES
            if log_file(self._home, name).is_file()
        )
        said = f" The servers said: {logs[-600:].strip()}" if logs.strip() else ""
        return DemoFailed(
            f"The demo is not as it should be: {what}.{said}",
            "Run it with --keep and look at the logs in its home.",
        )

    async def _credentials(self, addresses: tuple[str, ...]) -> list[Credentials]:
        from postroom.build import open_room
        from postroom.settings import load

        async with open_room(load(self._home), program="demo") as room:
            desk = room.desk.mailboxes
            return [await desk.credentials(operator(), address) for address in addresses]

    def _end(self, seconds: float, found: list[Credentials]) -> None:
        if not self._json:
            show_ending(out(), self._home, self._keep, len(self._steps), seconds, found)
            return
        say_json(
            {
                "ok": True,
                "seconds": round(seconds, 3),
                "home": str(self._home),
                "kept": self._keep,
                "steps": [
                    {
                        "agent": step.agent,
                        "tool": step.tool,
                        "ms": round(step.milliseconds, 1),
                        "says": step.says,
                        "answer": step.answer,
                    }
                    for step in self._steps
                ],
                "credentials": [one.model_dump(exclude_none=True) for one in found],
            }
        )


@contextmanager
def _throw_away_home(keep: bool) -> Iterator[Path]:
    # Readable by its owner alone, as mkdtemp makes it.
    home = Path(tempfile.mkdtemp(prefix="postroom-demo-")).resolve()
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
        if not keep and home.exists():
            err().line(f"The demo's home could not be removed: {home}")
