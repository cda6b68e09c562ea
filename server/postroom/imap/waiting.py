"""Waiting for news of the open folder without asking for it again and again (RFC 2177)."""

import asyncio
from typing import TYPE_CHECKING

from postroom.model.errors import Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue

ROUND_SECONDS = 540.0
"""How long one IDLE lasts before it is renewed: routers forget silent connections after some ten
minutes, and servers hang up after thirty (RFC 2177 §3)."""

SHORTEST_SECONDS = 1.0
"""A server that ends an IDLE sooner, by itself and without news, does not want to: renewing it
would be asking as fast as the line allows."""


async def news_within(dialogue: "Dialogue", seconds: float) -> bool:
    """True as soon as there is news, False after so many seconds; Refused where the server does
    not do IDLE."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        dialogue.check()
        if dialogue.news.take():
            return True
        left = end - loop.time()
        if left <= 0:
            return False
        await _idle(dialogue, min(left, ROUND_SECONDS))


async def _idle(dialogue: "Dialogue", seconds: float) -> None:
    """One IDLE, ended by news, after so many seconds, or by the server."""
    if "IDLE" not in dialogue.capabilities:
        raise Refused("imap_idle_refused", "The IMAP server does not do IDLE.", "Poll it by NOOP.")
    loop = asyncio.get_running_loop()
    began = loop.time()
    reply = await dialogue.idle(seconds)
    for_nothing = loop.time() - began < min(seconds, SHORTEST_SECONDS) and not dialogue.news.pending
    if for_nothing or not reply.ok:
        dialogue.disown("IDLE")
