"""One client over standard input and output (MCP's stdio transport)."""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from postroom.mcp.lines import StandardInput
from postroom.mcp.output import standard_output
from postroom.mcp.reception import Reception
from postroom.mcp.server import build_server
from postroom.mcp.stopping import told_to_stop
from postroom.mcp.unreadable import ReadableMessages
from postroom.model.callers import agent as agent_named

if TYPE_CHECKING:
    from postroom.settings import Settings

log = logging.getLogger("postroom.mcp")

LAST_WORDS_SECONDS = 0.5
"""For answers on their way when the client has closed its side, or we are told to stop."""


async def run_stdio(settings: "Settings | Callable[[], Settings]", agent: str) -> None:
    """Serve ``agent`` until its client closes standard input, or a signal says to stop; then stop
    working, end what is in flight, and return.

    ``settings`` may be a function that loads them: settings that cannot be read are then told to
    the client, at every call, where somebody sees it.
    """
    reception = Reception(settings)
    lines = StandardInput()
    server = build_server(reception.desk, agent_named(agent), reception.answered)
    with told_to_stop() as stop:
        serving = asyncio.create_task(_serve(server, lines))
        lines.start()
        reception.start()
        await _first_of(serving, lines.ended, stop)
        lines.end()
        await _let_end(serving)
        await reception.close()
    if not serving.done():
        # A thread sits in a write that the client never reads. Nothing can interrupt it, and the
        # interpreter would wait for it for ever: the room is closed, so leave the hard way.
        os._exit(1)


async def _serve(server: Server[Any], lines: StandardInput) -> None:
    try:
        with standard_output() as output:
            # The SDK asks for files of text; it takes lines from one, and writes and flushes one.
            streams = stdio_server(stdin=cast("Any", lines), stdout=cast("Any", output))
            async with streams as (read, write):
                messages = ReadableMessages(read, write)
                await server.run(messages, write, server.create_initialization_options())
    except* OSError:
        # The client closed its end before it read everything.
        log.debug("the client went away")


async def _first_of(serving: asyncio.Task[None], *events: asyncio.Event) -> None:
    waits = {asyncio.create_task(event.wait()) for event in events}
    await asyncio.wait({serving, *waits}, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _let_end(serving: asyncio.Task[None]) -> None:
    """Give ``serving`` a moment to end by itself, another one to be cancelled, and no more."""
    await asyncio.wait({serving}, timeout=LAST_WORDS_SECONDS)
    if not serving.done():
        serving.cancel()
        await asyncio.wait({serving}, timeout=LAST_WORDS_SECONDS)
    if serving.done() and not serving.cancelled() and (error := serving.exception()):
        log.error("the connection ended badly: %s", type(error).__name__)
