"""One agent of a test: how it is connected, run, and looked at."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal, TypeVar

from mcp import Client
from mcp.server.lowlevel import Server
from mcp.types import TextContent

from postroom.build import PostRoom
from postroom.desk.desk import Desk
from postroom.desk.door import actor
from postroom.mcp.server import build_server
from postroom.model.callers import agent as agent_named
from postroom.model.callers import operator
from postroom.testing.course import Course, runs
from postroom.testing.durations import AT_ONCE, days
from postroom.testing.outgoing import Outgoing, outgoing
from postroom.testing.piping import Pipes
from postroom.testing.serving import Face

T = TypeVar("T")

Era = Literal["auto", "legacy"]
"""Which protocol a client speaks: the newest that both know, or the one of the handshake."""

LIMIT = days(30)
"""How long an agent may be at it, by the room's clock, where a test says nothing else."""


class ToolRefused(Exception):
    """A tool answered by an error; its words are what a model sees."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = text.partition(":")[0]
        """The error's stable code."""


class Agent:
    """An agent in the room, with a mailbox of its own."""

    def __init__(
        self, name: str, address: str, room: PostRoom, course: Course, face: Face, pipes: Pipes
    ) -> None:
        self.name = name
        self.address = address
        self.caller = agent_named(name)
        self._room = room
        self._course = course
        self._face = face
        self._pipes = pipes
        self._token = ""

    @cached_property
    def server(self) -> Server[Any]:
        """The agent's MCP server, for clients in this process: ``mcp.Client(agent.server)``."""

        async def desk() -> Desk:
            return self._room.desk

        return build_server(desk, self.caller)

    @contextlib.asynccontextmanager
    async def client(self, era: Era = "auto") -> AsyncIterator[Client]:
        """An MCP client that is connected to the server. Enter and leave it in one task. What is
        raised inside comes out as it is, not in the groups that the SDK puts around it."""
        try:
            async with Client(self.server, mode=era) as client:
                yield client
        except BaseExceptionGroup as group:
            raise _only_one(group) from None

    async def command(self) -> list[str]:
        """A program with its arguments that speaks MCP over standard input and output: for clients
        that start one."""
        return await self._pipes.command(self.name)

    async def token(self) -> str:
        """A bearer token for `url`, over MCP and REST; the same one each time."""
        if not self._token:
            made = await self._room.desk.tokens.create(operator(), self.name)
            self._token = made.secret
        return self._token

    async def url(self) -> str:
        """Where the room is served on loopback, without a path: MCP is at ``/mcp``, REST at
        ``/v1``."""
        return await self._face.url()

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers, as structured content. Time goes on while it waits.

        Raises:
            ToolRefused: it answers by an error.
        """
        work = self._call(tool, arguments)
        return await (work if runs.get() else self.run(work))

    async def run(
        self,
        work: Coroutine[Any, Any, T] | Callable[[], T],
        *,
        limit: timedelta = LIMIT,
        stride: timedelta = AT_ONCE,
    ) -> T:
        """What the agent returns. ``work`` is a coroutine, or a plain function, which then runs in
        a thread. Whenever all agents that run only wait, the clock jumps to what is due next.

        The end of a wait is due as well: an agent that waits 20 seconds again and again passes a
        day in 4320 steps. With a ``stride`` of an hour it takes 24: where nothing else is due, a
        wait ends on the stride and has lasted longer than it asked for.

        Raises:
            StillAtIt: it had not ended within ``limit`` of simulated time.
            Stuck: it neither waits nor ends, for long by the machine's clock.
            NobodyThere: it wrote to an address that nobody has.
        """
        return await self._course.run(actor(self.caller), _work(work), limit, stride)

    @contextlib.asynccontextmanager
    async def running(
        self, work: Coroutine[Any, Any, T] | Callable[[], T]
    ) -> AsyncIterator["asyncio.Task[T]"]:
        """Meanwhile the agent goes on, for a test that moves the clock itself. At the end it is
        cancelled (a function in a thread cannot be, and must have ended); what it raised is
        raised."""
        async with self._course.running(actor(self.caller), _work(work)) as task:
            yield task

    async def sleep(self, span: timedelta) -> None:
        """Sleep by the room's clock: what an agent awaits that would sleep by the machine's."""
        await self._course.sleep(actor(self.caller), span)

    async def sent(self, to: str | None = None) -> list[Outgoing]:
        """What it sent or tried to, oldest first; ``to`` one address only."""
        found = await outgoing(self._room.index)
        return [
            mail
            for mail in found
            if mail.agent == self.caller.agent and (to is None or to in mail.recipients)
        ]

    async def _call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        async with self.client() as client:
            result = await client.call_tool(tool, arguments)
        if result.is_error:
            raise ToolRefused("".join(c.text for c in result.content if isinstance(c, TextContent)))
        assert isinstance(result.structured_content, dict)
        return result.structured_content


def _only_one(raised: BaseException) -> BaseException:
    """What groups of one hold, so that a test fails by its own words."""
    while isinstance(raised, BaseExceptionGroup) and len(raised.exceptions) == 1:
        raised = raised.exceptions[0]
    return raised


def _work(work: Coroutine[Any, Any, T] | Callable[[], T]) -> Coroutine[Any, Any, T]:
    return work if isinstance(work, Coroutine) else asyncio.to_thread(work)
