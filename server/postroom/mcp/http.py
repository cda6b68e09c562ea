"""Many clients over Streamable HTTP, on this machine alone."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from postroom.build import open_room
from postroom.mcp.bearer import RequireToken, Verifier, caller_of, is_still_good
from postroom.mcp.bounds import MAX_REQUEST_BYTES
from postroom.mcp.server import DeskSource, build_server
from postroom.mcp.stopping import told_to_stop
from postroom.mcp.token import ensure_token
from postroom.mime.unsubscribing import PATH as UNSUBSCRIBE
from postroom.model.callers import agent as agent_named
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.settings import Settings
from postroom.web.one_click import one_click

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from postroom.desk.desk import Desk

DEFAULT_PORT = 8765

PATH = "/mcp"

LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
"""Names under which only this machine reaches us."""

GOODBYE_SECONDS = 1
"""For calls in flight when told to stop; a wait may have minutes left, and is asked again."""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def run_http(
    settings: Settings,
    agent: str,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    say: Callable[[str], None] = _say,
) -> None:
    """Serve ``agent`` at ``/mcp`` until a signal says to stop. Port 0 chooses a free one.

    Raises:
        InvalidRequest: ``host`` is not this machine alone.
        Unavailable: the port is taken.
        PostroomError: the room cannot be opened, or the token is not safe.
    """
    with told_to_stop() as stop:
        await serve_http(settings, agent, host, port, stop, say)


async def serve_http(
    settings: Settings,
    agent: str,
    host: str,
    port: int,
    stop: asyncio.Event,
    say: Callable[[str], None],
) -> None:
    """As `run_http`, until ``stop`` is set. ``say`` is told where it listens."""
    with _listen(host, port) as listener:
        token = ensure_token(settings.token_file)
        async with open_room(settings, program="serve") as room:
            verifier = Verifier(token, agent_named(agent), room.desk.tokens.bearer)
            app = application(_source(room.desk), verifier)
            web = _Server(_BesidesLinks(app, one_click(room.desk.suppressions.unsubscribe)))
            serving = asyncio.create_task(web.serve(sockets=[listener]))
            # The socket listens already: who connects now is answered in a moment.
            say(f"Postroom listens on {_address(listener)} for the agent {agent!r}.")
            say(f"Its bearer token is in {settings.token_file}; `postroom tokens` makes others.")
            try:
                await room.worker.start()
                await _either(serving, stop)
            finally:
                web.should_exit = True
                await serving
                await room.worker.stop()


def application(desk: DeskSource, verifier: Verifier) -> "ASGIApp":
    """The whole face as an ASGI application: both protocol eras at /mcp, behind a token. Requests
    that name another host, or come from another site's page, are refused (DNS rebinding)."""
    app = build_server(desk, caller_of, may_still=is_still_good).streamable_http_app(
        streamable_http_path=PATH, host="127.0.0.1", max_request_body_size=MAX_REQUEST_BYTES
    )
    return RequireToken(app, verifier, PATH)


class _BesidesLinks:
    """The face, and beside it what people reach by a link in a mail."""

    def __init__(self, app: "ASGIApp", links: "ASGIApp") -> None:
        self._app = app
        self._links = links

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        is_link = scope["type"] == "http" and scope["path"].startswith(UNSUBSCRIBE)
        await (self._links if is_link else self._app)(scope, receive, send)


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


def _source(desk: "Desk") -> DeskSource:
    async def give() -> "Desk":
        return desk

    return give


def _listen(host: str, port: int) -> socket.socket:
    family = LOOPBACK.get(host)
    if family is None:
        raise InvalidRequest(
            "host_not_loopback",
            f"Postroom serves this machine alone, not {host}.",
            f"Use one of: {', '.join(LOOPBACK)}.",
        )
    try:
        return socket.create_server((_number(host), port), family=family)
    except OSError as error:
        raise Unavailable(
            "port_unavailable",
            f"Port {port} of {host} cannot be listened on: {error.strerror}.",
            "Stop what uses it, or pass another --port; 0 chooses a free one.",
        ) from error


def _number(host: str) -> str:
    # "localhost" may resolve to anything that a hosts file says.
    return "127.0.0.1" if host == "localhost" else host


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}"
