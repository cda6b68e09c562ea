"""Open the post room and serve it until told to stop."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from postroom.build import open_room
from postroom.mcp.stopping import told_to_stop
from postroom.model.callers import agent as agent_named
from postroom.serving.application import application
from postroom.serving.listening import address, listen
from postroom.serving.own_token import ensure_token
from postroom.settings import Settings
from postroom.web.identities import Identities

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DEFAULT_PORT = 8765

GOODBYE_SECONDS = 1
"""For calls in flight when told to stop; a wait may have minutes left, and is asked again."""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def run(
    settings: Settings,
    agent: str,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    say: Callable[[str], None] = _say,
) -> None:
    """Serve the post room until a signal says to stop. The token in its home is ``agent``'s; port 0
    chooses a free one.

    Raises:
        InvalidRequest: ``host`` is not this machine alone.
        Unavailable: the port is taken.
        PostroomError: the room cannot be opened, or the token is not safe.
    """
    with told_to_stop() as stop:
        await serve(settings, agent, host, port, stop, say)


async def serve(
    settings: Settings,
    agent: str,
    host: str,
    port: int,
    stop: asyncio.Event,
    say: Callable[[str], None],
) -> None:
    """As `run`, until ``stop`` is set. ``say`` is told where it listens."""
    with listen(host, port) as listener:
        token = ensure_token(settings.token_file)
        async with open_room(settings, program="serve") as room:
            identities = Identities(token, agent_named(agent), room.desk.tokens)
            web = _Server(application(room.desk, identities))
            serving = asyncio.create_task(web.serve(sockets=[listener]))
            # The socket listens already: who connects now is answered in a moment.
            say(f"Postroom listens on {address(listener)} for the agent {agent!r}.")
            say(f"Its bearer token is in {settings.token_file}; `postroom tokens` makes others.")
            try:
                await room.worker.start()
                await _either(serving, stop)
            finally:
                web.should_exit = True
                await serving
                await room.worker.stop()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: it would raise the signal again once it has ended,
    and the process would be gone before the room is closed."""

    def __init__(self, app: "ASGIApp") -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                ws="none",
                log_config=None,
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GOODBYE_SECONDS,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _either(serving: asyncio.Task[None], stop: asyncio.Event) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
