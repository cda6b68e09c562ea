"""A post room that is served as a process of its own, and tokens for its agents."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from cli.shell import Program
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from postroom.build import open_room
from postroom.client import Postroom
from postroom.model.callers import OPERATOR, operator
from postroom.settings import load

AGENT = ("create", "read", "send")
END_SECONDS = 30


@dataclass(frozen=True)
class Post:
    """Where it listens, and what it said on its standard error."""

    program: Program
    url: str
    log: Path
    operator: Postroom
    operators_token: str

    def token(self, agent: str, *scopes: str) -> str:
        """A new token of an agent; with ``scopes`` for those alone."""
        return self.operator.tokens.create(agent=agent, scopes=scopes or AGENT).secret

    def figures(self) -> Iterable[Metric]:
        """What /metrics tells."""
        bearer = {"Authorization": f"Bearer {self.operators_token}"}
        scrape = httpx2.get(self.url.removesuffix("/mcp") + "/metrics", headers=bearer, timeout=20)
        return text_string_to_metric_families(scrape.text)

    @contextmanager
    def agent(self, name: str) -> Iterator[Postroom]:
        """An agent that asks by REST."""
        with Postroom(self.url.removesuffix("/mcp"), self.token(name)) as asking:
            yield asking


@contextmanager
def serving(folder: Path) -> Iterator[Post]:
    """`postroom serve` on a home below ``folder``, until the end."""
    person = folder / "person"
    person.mkdir()
    program = Program(folder / "home", person)
    secret = asyncio.run(_operators_token(program.home))
    log = folder / "log.txt"
    with log.open("wb") as words:
        process = subprocess.Popen(
            program.arguments("serve", "--port", "0", "--json"),
            env=program.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,  # a pipe that nobody empties would stop it
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said, log.read_text()
        url = next(w for w in json.loads(said)["says"].split() if w.startswith("http"))
        with Postroom(url.removesuffix("/mcp"), secret) as operating:
            yield Post(program, url, log, operating, secret)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        process.kill()
        process.communicate()


async def _operators_token(home: Path) -> str:
    async with open_room(load(home), program="test") as room:
        return (await room.desk.tokens.create(operator(), "desk", (OPERATOR,))).secret
