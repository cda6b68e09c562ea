"""Open the post room and serve it until told to stop."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import uvicorn

from postroom.accounts.serve import Serve
from postroom.build import PostRoom, open_room
from postroom.clock import system_clock
from postroom.mcp.stopping import told_to_stop
from postroom.model.callers import agent as agent_named
from postroom.open_files import allow_many
from postroom.serving.application import application
from postroom.serving.connection import MAX_HEAD_BYTES
from postroom.serving.crowding import Crowd, giving_way
from postroom.serving.doorway import doorway
from postroom.serving.framing import CheckFraming
from postroom.serving.goodbye import Goodbye, part
from postroom.serving.handshakes import Handshakes
from postroom.serving.listening import address, check_reach, listening, site
from postroom.serving.names import names_of
from postroom.serving.observing import observed
from postroom.serving.own_token import ensure_token
from postroom.serving.ready import READY, STOPPING, notify
from postroom.serving.tls import Certificate
from postroom.settings import Settings
from postroom.web.console.sessions import Sessions
from postroom.web.identities import Identities
from postroom.web.operation.meters import Meters

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from postroom.issuer.tokens import IssuerTokens

log = logging.getLogger("postroom.serving")

GOODBYE_SECONDS = 3
"""For requests in flight when told to stop; a wait may have minutes left, and is asked again."""

CUT_SECONDS = 3
"""More than what has no end by then takes to be answered for (`goodbye.py`)."""

BACKLOG = 128
"""Connections that are taken in one turn, before there is a look at whether that is too many."""

STOP_SECONDS = 25.0
"""The longest that stopping may take: requests, then the courier's last submissions (10 s), and
what is written. Service managers wait longer (manifests/systemd)."""


class Opening(Protocol):
    """How a room is opened."""

    def __call__(
        self, settings: Settings, *, program: str
    ) -> contextlib.AbstractAsyncContextManager[PostRoom]: ...


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def run(settings: Settings, agent: str, say: Callable[[str], None] = _say) -> None:
    """Serve the post room, as its settings say, until a signal says to stop; a second one ends the
    process at once. The token in its home is ``agent``'s.

    Raises:
        InvalidRequest: tokens would pass over a network in clear.
        Unavailable: the port is taken, or the certificate is not good.
        PostroomError: the room cannot be opened, or the token is not safe.
    """
    with told_to_stop(at_once=True) as stop:
        bounding = asyncio.create_task(_bound(stop), name="bounded-stop")
        try:
            await serve(settings, agent, stop, say)
        finally:
            bounding.cancel()


async def _bound(stop: asyncio.Event) -> None:
    """Leave the hard way where the process cannot stop: what is in hand is found by the next
    worker, as after a crash."""
    await stop.wait()
    await asyncio.sleep(STOP_SECONDS)
    log.error("It did not stop within %s seconds, and is ended.", STOP_SECONDS)
    os._exit(1)


async def serve(
    settings: Settings,
    agent: str,
    stop: asyncio.Event,
    say: Callable[[str], None],
    opening: Opening = open_room,
) -> None:
    """As `run`, until ``stop`` is set. ``say`` is told where it listens; ``opening`` gives the
    room, for who has opened one already."""
    wanted, public_url = settings.operator.serve, settings.operator.public_url
    check_reach(wanted, public_url)
    certificate = _certificate(wanted)
    allow_many()
    with listening(wanted) as listener:
        token = ensure_token(settings.token_file)
        async with opening(settings, program="serve") as room:
            issued = _issued(wanted)
            identities = Identities(token, agent_named(agent), room.desk.tokens, issued)
            names, meters = names_of(wanted, public_url), Meters()
            sessions, most = Sessions(system_clock), wanted.max_request_bytes
            own = settings.own_domains
            faces = application(room.desk, identities, sessions, names, most, meters, own)
            inner = doorway(faces, identities, sessions, wanted, names)
            goodbye = Goodbye(CheckFraming(inner))
            door = observed(goodbye, meters, stop)
            web = _Server(door, wanted, certificate)
            serving = asyncio.create_task(web.serve(sockets=[listener]))
            # The socket listens already: who connects now is answered in a moment.
            say(f"Postroom listens on {address(listener, wanted)} for the agent {agent!r}.")
            say(f"Its bearer token is in {settings.token_file}; `postroom tokens` makes others.")
            if wanted.socket is None:
                at = f"{site(listener, wanted)}/"
                say(f"People sign in at {at} with a token of the scope operator.")
            keeping = asyncio.create_task(_keep(certificate))
            try:
                await room.worker.start()
                await _either(serving, stop)
            finally:
                keeping.cancel()
                notify(STOPPING)
                stop.set()  # also where the server ended by itself: streams end
                room.desk.events.end()
                web.should_exit = True
                waits, connections = room.desk.waiting, web.server_state.connections
                parting = asyncio.create_task(
                    part(goodbye, waits.end, connections, GOODBYE_SECONDS)
                )
                await serving
                parting.cancel()
                if issued is not None:
                    await issued.close()
                await room.worker.stop()


def _certificate(wanted: Serve) -> "Certificate | None":
    if wanted.tls_certificate is None or wanted.tls_key is None:
        return None
    return Certificate(wanted.tls_certificate, wanted.tls_key, system_clock)


def _issued(wanted: Serve) -> "IssuerTokens | None":
    if wanted.issuer is None:
        return None
    from postroom.issuer.tokens import IssuerTokens  # only who has an issuer needs it

    return IssuerTokens(wanted.issuer)


async def _keep(certificate: Certificate | None) -> None:
    if certificate is not None:
        await certificate.keep()


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready, and without its own signal handlers: it would raise the
    signal again once it has ended, and the process would be gone before the room is closed."""

    def __init__(self, app: "ASGIApp", wanted: Serve, certificate: Certificate | None) -> None:
        crowd = Crowd(wanted.connections, wanted.trusted_proxies)
        connection: Any = giving_way(crowd)
        self._handshakes: Handshakes | None = None
        if certificate is not None:
            self._handshakes = Handshakes(crowd, certificate.context, connection)
            connection = self._handshakes.begin
        super().__init__(
            uvicorn.Config(
                app,
                http=connection,
                lifespan="on",
                ws="none",
                log_config=None,
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                limit_concurrency=wanted.connections,
                backlog=BACKLOG,
                h11_max_incomplete_event_size=MAX_HEAD_BYTES,
                timeout_graceful_shutdown=GOODBYE_SECONDS + CUT_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        notify(READY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._handshakes is not None:
            self._handshakes.end()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _either(serving: asyncio.Task[None], stop: asyncio.Event) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
