"""The kit for tests that do not await: the room lives in a thread of its own."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from postroom.model.held_answers import Decision, HeldSend
from postroom.testing.agents import LIMIT, Agent
from postroom.testing.correspondents import Correspondent
from postroom.testing.durations import AT_ONCE
from postroom.testing.letters import Quoting
from postroom.testing.outgoing import Outgoing
from postroom.testing.person import Person
from postroom.testing.post_room import SimulatedPostRoom, open_post_room
from postroom.testing.received import Received
from postroom.testing.scripts import Script

T = TypeVar("T")


class BlockingAgent:
    """As `Agent`."""

    def __init__(self, agent: Agent, portal: BlockingPortal) -> None:
        self.name, self.address = agent.name, agent.address
        self._agent = agent
        self._portal = portal

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """As `Agent.call`."""
        return self._ask(lambda: self._agent.call(tool, **arguments))

    def run(
        self, work: Callable[[], T], *, limit: timedelta = LIMIT, stride: timedelta = AT_ONCE
    ) -> T:
        """As `Agent.run`, of a plain function, which runs in a thread."""
        return self._ask(lambda: self._agent.run(work, limit=limit, stride=stride))

    def sleep(self, span: timedelta) -> None:
        """As `Agent.sleep`, for a function that is run."""
        self._ask(lambda: self._agent.sleep(span))

    def command(self) -> list[str]:
        """As `Agent.command`."""
        return self._ask(self._agent.command)

    def url(self) -> str:
        """As `Agent.url`."""
        return self._ask(self._agent.url)

    def token(self) -> str:
        """As `Agent.token`."""
        return self._ask(self._agent.token)

    def sent(self, to: str | None = None) -> list[Outgoing]:
        """As `Agent.sent`."""
        return self._ask(lambda: self._agent.sent(to))

    def _ask(self, what: Callable[[], Awaitable[T]]) -> T:
        return self._portal.call(what)


class BlockingCorrespondent:
    """As `Correspondent`."""

    def __init__(self, somebody: Correspondent, portal: BlockingPortal) -> None:
        self.name, self.address = somebody.name, somebody.address
        self._somebody = somebody
        self._portal = portal

    @property
    def received(self) -> list[Received]:
        """As `Correspondent.received`."""
        return self._somebody.received

    @property
    def script(self) -> Script:
        """As `Correspondent.script`."""
        return self._somebody.script

    @script.setter
    def script(self, script: Script) -> None:
        self._somebody.script = script

    def writes(
        self, to: str, subject: str, text: str, *, html: str = "", after: timedelta = AT_ONCE
    ) -> None:
        """As `Correspondent.writes`."""
        self._portal.call(lambda: self._somebody.writes(to, subject, text, html=html, after=after))

    def answers(
        self,
        text: str,
        *,
        to: Received | None = None,
        quoting: Quoting = Quoting.INTERNET,
        after: timedelta = AT_ONCE,
    ) -> None:
        """As `Correspondent.answers`."""
        self._portal.call(lambda: self._somebody.answers(text, to=to, quoting=quoting, after=after))

    def sends(self, raw: bytes, to: str, *, after: timedelta = AT_ONCE) -> None:
        """As `Correspondent.sends`."""
        self._portal.call(lambda: self._somebody.sends(raw, to, after=after))


class BlockingPerson:
    """As `Person`."""

    def __init__(self, person: Person, portal: BlockingPortal) -> None:
        self._portal = portal
        self._person = person
        self.will_approve = person.will_approve
        self.will_deny = person.will_deny
        self.will_decide_nothing = person.will_decide_nothing

    def held(self) -> tuple[HeldSend, ...]:
        """As `Person.held`."""
        return self._portal.call(self._person.held)

    def approves(self, send_id: str | None = None, note: str = "") -> Decision:
        """As `Person.approves`."""
        return self._portal.call(self._person.approves, send_id, note)

    def denies(self, send_id: str | None = None, note: str = "") -> Decision:
        """As `Person.denies`."""
        return self._portal.call(self._person.denies, send_id, note)


class BlockingPostRoom:
    """As `SimulatedPostRoom`."""

    def __init__(self, room: SimulatedPostRoom, portal: BlockingPortal) -> None:
        self._room = room
        self._portal = portal
        self.person = BlockingPerson(room.person, portal)

    @property
    def now(self) -> datetime:
        """As `SimulatedPostRoom.now`."""
        return self._room.now

    def agent(self, name: str, *, username: str = "", display_name: str = "") -> BlockingAgent:
        """As `SimulatedPostRoom.agent`."""
        named = {"username": username, "display_name": display_name}
        made = self._portal.call(lambda: self._room.agent(name, **named))
        return BlockingAgent(made, self._portal)

    def correspondent(
        self, address: str, script: Script | None = None, *, name: str = ""
    ) -> BlockingCorrespondent:
        """As `SimulatedPostRoom.correspondent`."""
        made = self._portal.call(lambda: self._room.correspondent(address, script, name=name))
        return BlockingCorrespondent(made, self._portal)

    def nobody(self, address: str) -> None:
        """As `SimulatedPostRoom.nobody`."""
        self._portal.call(self._room.nobody, address)

    def settle(self) -> None:
        """As `SimulatedPostRoom.settle`."""
        self._portal.call(self._room.settle)

    def advance(self, span: timedelta = AT_ONCE, **named: float) -> None:
        """As `SimulatedPostRoom.advance`."""
        self._portal.call(lambda: self._room.advance(span, **named))

    def sent(self, to: str | None = None) -> list[Outgoing]:
        """As `SimulatedPostRoom.sent`."""
        return self._portal.call(self._room.sent, to)

    def the_mail(self, to: str | None = None) -> Outgoing:
        """As `SimulatedPostRoom.the_mail`."""
        return self._portal.call(self._room.the_mail, to)


@contextlib.contextmanager
def blocking(home: Path, **options: Any) -> Iterator[BlockingPostRoom]:
    """`open_post_room` for whoever does not await; ``options`` as there."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(open_post_room(home, **options)) as room,
    ):
        yield BlockingPostRoom(room, portal)
