"""What a submission server offers to whom it has let in (RFC 5321 §2.2)."""

import asyncio
import contextlib
from dataclasses import dataclass

from postroom.smtp.account import SmtpLogin
from postroom.smtp.client import NETWORK
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.opening import open_client

QUIT_SECONDS = 2.0
"""How long a parting server may take; nothing depends on its answer."""


@dataclass(frozen=True)
class Offers:
    """Its extensions, as it told them last: after TLS and login, where there were any."""

    extensions: frozenset[str]
    """Keywords in upper case: SMTPUTF8, DSN, 8BITMIME …"""
    size: int
    """The largest mail that it takes, octets (RFC 1870 §4); 0 where it names none."""


async def offers(login: SmtpLogin, timeout: float) -> Offers:
    """What the server offers, over a connection of its own that carries no mail.

    Raises StageFailed where there is none, no TLS that can be trusted, or no login; ``timeout``
    (seconds) is the patience for each of those steps.
    """
    client = await open_client(login, Dialogue(), timeout)
    try:
        told = {name.upper(): value for name, value in client.esmtp_extensions.items()}
        size = told.get("SIZE", "").strip()
        return Offers(frozenset(told), int(size) if size.isdecimal() and len(size) < 20 else 0)
    finally:
        with contextlib.suppress(*NETWORK):
            await client.quit(timeout=QUIT_SECONDS)
        client.close()
        await asyncio.sleep(0)  # the socket goes with the loop's next turn
