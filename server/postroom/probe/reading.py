"""One try at an IMAP server: in, a look around, and out."""

import asyncio

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.special import special_folder
from postroom.model.errors import PostroomError, Refused
from postroom.probe.findings import Failure, ImapFindings

STEP_SECONDS = 10.0
"""The patience for each answer: somebody sits before the terminal."""

WHOLE_SECONDS = 60.0
"""For all of a try: a server that drips its answers keeps nobody longer."""

IDLE_SECONDS = 0.3
"""How long IDLE is held: a server that offers it and does not want to says so at once."""


async def try_imap(
    login: ImapLogin, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS
) -> ImapFindings | Failure:
    """What the server can do for this login, or why it does not let us in. Never raises for what a
    server or a network does."""
    try:
        async with asyncio.timeout(whole):
            return await _look_around(login, step)
    except PostroomError as error:
        return failure_of(error)
    except TimeoutError:
        return too_slow("IMAP")


async def _look_around(login: ImapLogin, step: float) -> ImapFindings:
    connection = await ImapConnection.open(login, timeout=step)
    try:
        listed = await connection.folders()
        sent, junk = special_folder(listed, "\\Sent"), special_folder(listed, "\\Junk")
        inbox = await connection.select("INBOX")
        idle = await _idles(connection)
        return ImapFindings(
            host=login.host,
            port=login.port,
            security=login.security,
            idle=idle,
            condstore=inbox.highestmodseq is not None,
            qresync="QRESYNC" in connection.capabilities,
            sent=sent.name if sent else None,
            junk=junk.name if junk else None,
            messages=inbox.exists,
        )
    finally:
        await connection.close()


async def _idles(connection: ImapConnection) -> bool:
    try:
        await connection.idle(IDLE_SECONDS)
    except Refused:
        return False
    return "IDLE" in connection.capabilities


def failure_of(error: PostroomError) -> Failure:
    """An error of ours as a finding."""
    return Failure(code=error.code, says=error.message, next_step=error.next_step)


def too_slow(protocol: str) -> Failure:
    """The finding for a server whose answers take too long together."""
    return Failure(
        code=f"{protocol.lower()}_timeout",
        says=f"The {protocol} server is too slow.",
        next_step="Try again later, or name another server.",
    )
