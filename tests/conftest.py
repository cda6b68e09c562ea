"""What every test may ask for."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import hypothesis
import pytest
from fresh_index import fresh_indexes  # noqa: F401
from rooms import PATIENCE, Agent, Postman, TestClock
from servers.fixtures import dovecot, knot, mail_host, postgres, postgres_mail_host  # noqa: F401

from postroom.build import PostRoom, open_room
from postroom.desk.sends import sending
from postroom.settings import Settings
from postroom.testing.fixtures import (  # noqa: F401
    blocking_post_room,
    post_room,
    post_room_options,
)

# How fast examples are drawn is the machine's business, and how busy it is.
hypothesis.settings.register_profile(
    "any speed", suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any speed")

# A shell without job control starts what stands before an "&" with SIGINT ignored. Every process
# that tests start would inherit that, and not hear what they tell it; a signal that has a handler
# here is back at its default in a program that is started.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of handed-over real mail; tests that need it say so where it is absent."""
    named = os.environ.get("POSTROOM_CORPORA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("the mail corpora are absent: set POSTROOM_CORPORA to their folder")
    return folder


@pytest.fixture(autouse=True)
def _no_resolver_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a domain of one's own names no resolvers a check asks the system's: in tests nobody."""
    monkeypatch.setattr("postroom.dns.checking.resolvers.of_system", list)
    monkeypatch.setattr("postroom.dns.visibility._system", tuple)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A fresh home, with nothing set by an operator."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Settings(home=home.resolve())


@pytest.fixture
def clock() -> TestClock:
    """The time that the room of this test goes by; a test may jump it ahead."""
    return TestClock()


@pytest.fixture
async def room(settings: Settings, clock: TestClock) -> AsyncIterator[PostRoom]:
    """A post room that does its own I/O: the built-in server and all workers run."""
    async with open_room(settings, program="test", clock=clock) as opened:
        await opened.worker.start()
        assert await opened.worker.settled(PATIENCE)
        yield opened


@pytest.fixture
async def agents(room: PostRoom) -> tuple[Agent, Agent]:
    """Ada and Ben, each with a mailbox, in a room that does its own I/O."""
    return await Agent(room, "ada").open(), await Agent(room, "ben").open()


@pytest.fixture
async def quiet_room(
    settings: Settings, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PostRoom]:
    """A post room without workers: what is sent stays queued, mail comes when the postman is told,
    and nobody waits for a courier that does not come."""
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.0)
    async with open_room(settings, program="test", clock=clock) as opened:
        yield opened


@pytest.fixture
def postman(quiet_room: PostRoom) -> Postman:
    return Postman(quiet_room)


@pytest.fixture
async def ada(quiet_room: PostRoom) -> Agent:
    """An agent with a mailbox, in a room without workers."""
    return await Agent(quiet_room, "ada").open()
