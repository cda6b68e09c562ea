"""The post room of a test: agents, correspondents, a person who decides, and time that jumps."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mcp.server.lowlevel import Server

from postroom.accounts.domains import BuiltinDomain
from postroom.build import PostRoom, open_room
from postroom.index import journal
from postroom.model.callers import agent as agent_named
from postroom.policy.names import RESERVED
from postroom.settings import Operator, Settings, make_home
from postroom.testing.agenda import Agenda
from postroom.testing.agents import Agent
from postroom.testing.clock import MONDAY_MORNING, JumpClock
from postroom.testing.correspondents import Correspondent
from postroom.testing.course import Course
from postroom.testing.neighbours import Neighbours
from postroom.testing.outgoing import Outgoing, outgoing
from postroom.testing.person import Person
from postroom.testing.piping import Pipes
from postroom.testing.post_office import PostOffice
from postroom.testing.scripts import Script, never_answers
from postroom.testing.serving import Face

STRIDE = timedelta(hours=1)
"""How far time jumps at least where it passes and only waits are over."""

START_SECONDS = 20.0
"""How long the workers may take to begin, by the machine's clock."""

PATIENCE_SECONDS = 60.0
"""How long an agent may do something else than wait, by the machine's clock."""


class SimulatedPostRoom:
    """A whole post room in this process, whose time is the test's."""

    def __init__(
        self,
        room: PostRoom,
        clock: JumpClock,
        neighbours: Neighbours,
        ports: tuple[int, int],
        patience: float,
    ) -> None:
        agenda = Agenda(clock)
        self._room = room
        self._clock = clock
        self._neighbours = neighbours
        self._course = Course(room, clock, agenda, neighbours, patience)
        self._office = PostOffice(neighbours, agenda, ports, self._course.settle)
        self._agents: dict[str, Agent] = {}
        self._face = Face(room)
        self._pipes = Pipes(self._server)
        self.person = Person(room.desk, agenda, self._course.settle)
        """Who decides about held mail."""
        self._course.office, self._course.person = self._office, self.person

    @property
    def room(self) -> PostRoom:
        """The room itself, for tests that look deeper: its desk, its index."""
        return self._room

    @property
    def now(self) -> datetime:
        """What time it is in the room."""
        return datetime.fromtimestamp(self._clock(), UTC)

    async def agent(self, name: str, *, username: str = "", display_name: str = "") -> Agent:
        """An agent with a mailbox; asked again, the same one. Its username is by default the
        agent's name, with ``-agent`` behind a name that is reserved (RFC 2142: support, sales)."""
        if name not in self._agents:
            made = await self._room.desk.mailboxes.create(
                agent_named(name), username or _username(name), display_name or None
            )
            self._agents[name] = Agent(
                name, made.address, self._room, self._course, self._face, self._pipes
            )
        return self._agents[name]

    def correspondent(
        self, address: str, script: Script | None = None, *, name: str = ""
    ) -> Correspondent:
        """Somebody outside with a new address, who does with each mail what ``script`` says: by
        default nothing.

        Raises:
            ValueError: the address is taken, or one of the room's own domain.
        """
        return self._office.open(address, name, script or never_answers())

    def nobody(self, address: str) -> None:
        """Say that there is nobody at an address, or not any more: the server refuses mail for it
        at the door (550 5.1.1), and a test that sends there goes on."""
        self._neighbours.remove(address)

    async def settle(self) -> None:
        """Let everything happen that is due at this moment, and what follows from it at once.

        Raises:
            NobodyThere: mail went to an address that nobody has.
            Stuck: something neither waits nor ends, for long by the machine's clock.
        """
        await self._course.settle()

    async def advance(
        self,
        span: timedelta = timedelta(),
        *,
        seconds: float = 0,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
    ) -> None:
        """Let time pass, and everything happen that is due in it. Waits of agents end when they
        are over, or on the hour where nothing else is due: one that waits again and again goes
        through a day in 24 steps. Raises as ``settle``."""
        told = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        await self._course.advance(span + told, STRIDE)

    async def sent(self, to: str | None = None, *, by: Agent | None = None) -> list[Outgoing]:
        """What agents sent or tried to send, oldest first; ``to`` one address, or ``by`` one agent,
        only."""
        return [
            mail
            for mail in await outgoing(self._room.index)
            if (to is None or to in mail.recipients)
            and (by is None or mail.agent == by.caller.agent)
        ]

    async def the_mail(self, to: str | None = None, *, by: Agent | None = None) -> Outgoing:
        """The one mail that was sent so. Raises AssertionError where it is none, or not the only
        one."""
        found = await self.sent(to, by=by)
        assert len(found) == 1, _not_one(found, await self.sent())
        return found[0]

    async def close(self) -> None:
        """End what was begun for the test; the room stays open."""
        await self._pipes.close()
        await self._face.close()
        await self._course.close()

    def _server(self, agent: str) -> Server[Any]:
        return self._agents[agent].server


def _username(agent: str) -> str:
    own = agent.rpartition("/")[2].lower()
    return f"{own}-agent" if own in RESERVED else own


def _not_one(found: list[Outgoing], whole: list[Outgoing]) -> str:
    listed = "".join(f"\n  {mail}" for mail in whole) or " nothing"
    return f"{len(found)} mails were sent so, not one. All that was sent:{listed}"


def _prepared(home: Path, policy: str, operator: Mapping[str, Any]) -> Settings:
    said = Operator(**operator)
    if said.accounts or any(not isinstance(each, BuiltinDomain) for each in said.domains.values()):
        raise ValueError("a test's mail stays on this machine: name no account and no mail host")
    settings = Settings(home=make_home(home.resolve()), operator=said)
    if policy:
        settings.policy_file.write_text(policy, encoding="utf-8")
    return settings


@contextlib.asynccontextmanager
async def open_post_room(
    home: Path,
    *,
    begins: datetime = MONDAY_MORNING,
    policy: str = "",
    operator: Mapping[str, Any] | None = None,
    patience: float = PATIENCE_SECONDS,
) -> AsyncIterator[SimulatedPostRoom]:
    """A post room in the folder ``home``, which is made where it is absent.

    ``begins``: what time it is at first; with a zone. ``policy``: the words of ``policy.toml``;
    ``operator``: what ``postroom.toml`` would say, as a dictionary. ``patience``: how long an agent
    may do something else than wait, seconds by the machine's clock.

    Raises:
        NobodyThere: at the end, where mail went to nobody and no step before has told it.
        InvalidRequest: the policy cannot be understood.
        ValueError: ``begins`` has no zone; ``operator`` names an account or a mail host elsewhere.
    """
    if begins.tzinfo is None:
        raise ValueError("`begins` needs a time zone")
    settings = await asyncio.to_thread(_prepared, home, policy, operator or {})
    clock, neighbours = JumpClock(begins), Neighbours(frozenset(settings.operator.served))
    async with open_room(settings, program="test", clock=clock, neighbours=neighbours) as room:
        await room.worker.start()
        assert await room.worker.settled(START_SECONDS), room.worker.idle()
        kept = await room.index.read(journal.worker)
        assert kept is not None
        ports = kept["imap_port"], kept["smtp_port"]
        made = SimulatedPostRoom(room, clock, neighbours, ports, patience)
        try:
            yield made
            await made.settle()
        finally:
            await made.close()
