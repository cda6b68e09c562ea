"""`postroom serve` in a thread of its own, for callers that wait in the thread of a test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from postroom import settings as configuration
from postroom.build import open_room
from postroom.model.callers import operator
from postroom.serving.serve import serve

PATIENCE = 20.0


@dataclass
class Served:
    """Where it listens, and tokens that are good there."""

    home: Path
    url: str
    token: str
    """Of the agent whose room it is served as."""
    operators_token: str


class _Serving:
    def __init__(self, home: Path, agent: str) -> None:
        self._settings = configuration.load(home)
        self._agent = agent
        self._loop = asyncio.new_event_loop()
        self._told = asyncio.Event()
        self.said = ""
        self.operators_token = ""
        self.listens = threading.Event()
        self.thread = threading.Thread(target=self._run, name="postroom serve")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._told.set)
        self.thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        finally:
            self.listens.set()  # or never will

    async def _serve(self) -> None:
        async with open_room(self._settings, program="test") as room:
            made = await room.desk.tokens.create(operator(), "desk", ("operator",))
            self.operators_token = made.secret
        wanted = configuration.with_serve(self._settings, {"port": 0})
        await serve(wanted, self._agent, self._told, self._say)

    def _say(self, line: str) -> None:
        self.said = self.said or line
        self.listens.set()


@contextmanager
def served(home: Path, agent: str = "ada") -> Iterator[Served]:
    """A post room that is served on a free port until the end."""
    serving = _Serving(home, agent)
    serving.thread.start()
    assert serving.listens.wait(PATIENCE)
    assert serving.said
    try:
        url = next(word for word in serving.said.split() if word.startswith("http"))
        token = configuration.load(home).token_file.read_text().strip()
        yield Served(home, url.removesuffix("/mcp"), token, serving.operators_token)
    finally:
        serving.stop()
