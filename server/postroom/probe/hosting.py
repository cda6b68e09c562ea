"""One try at each part of a mail host whose mailboxes are rows of a table.

Each mailbox has a login of its own there, and none is used: a server is reached, its TLS verified,
and nobody logs in.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from postroom.imap.account import ImapLogin
from postroom.model.errors import PostroomError
from postroom.model.servers import Security
from postroom.probe.findings import Failure, Part
from postroom.probe.reading import STEP_SECONDS, WHOLE_SECONDS, failure_of, too_slow
from postroom.probe.submitting import try_smtp
from postroom.smtp.account import SmtpLogin

MAX_GREETING = 512
"""Octets of a greeting (RFC 5321 §4.5.3.1.5)."""

_TLS = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "in the clear"}


async def try_database(rehearse: Callable[[], Awaitable[None]]) -> Part:
    """Whether the table can be written; ``rehearse`` does so and undoes it."""
    try:
        await rehearse()
    except PostroomError as error:
        return Part(name="database", failure=failure_of(error))
    return Part(name="database", says="its table can be written: tried, and undone")


async def reach_imap(
    login: ImapLogin, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS
) -> Part:
    """Whether the IMAP server is there, and its TLS to be trusted."""
    from postroom.imap.opening import reach

    try:
        async with asyncio.timeout(whole):
            offered = await reach(login, step)
    except PostroomError as error:
        return Part(name="imap", failure=failure_of(error))
    except TimeoutError:
        return Part(name="imap", failure=too_slow("IMAP"))
    return Part(name="imap", says=f"{_where(login)}{'' if 'IDLE' in offered else ', no IDLE'}")


async def reach_smtp(login: SmtpLogin) -> Part:
    """The same of the submission server; ``login`` is of nobody."""
    found = await try_smtp(login)
    if isinstance(found, Failure):
        return Part(name="smtp", failure=found)
    return Part(name="smtp", says=_where(login))


async def reach_inlet(port: int, socket: Path | None, *, step: float = STEP_SECONDS) -> Part:
    """Whether LMTP is spoken where Postfix hands mail in (RFC 2033)."""
    where = str(socket) if socket is not None else f"127.0.0.1:{port}"
    try:
        async with asyncio.timeout(step):
            greeting = await _greeting(port, socket)
    except (OSError, asyncio.LimitOverrunError, ValueError):
        return _no_inlet("inlet_unreachable", f"Nobody listens at {where}.")
    if not greeting.startswith(b"220"):
        return _no_inlet("inlet_garbage", f"What listens at {where} is no LMTP.")
    return Part(name="inlet", says=f"LMTP at {where}")


async def _greeting(port: int, socket: Path | None) -> bytes:
    reader, writer = await (
        asyncio.open_unix_connection(socket, limit=MAX_GREETING)
        if socket is not None
        else asyncio.open_connection("127.0.0.1", port, limit=MAX_GREETING)
    )
    try:
        greeting = await reader.readline()
        writer.write(b"QUIT\r\n")
        return greeting
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _no_inlet(code: str, says: str) -> Part:
    then = (
        "A worker listens there while it runs: start `postroom serve`, and see what"
        " `postroom doctor` says of the inlet."
    )
    return Part(name="inlet", failure=Failure(code=code, says=says, next_step=then))


def _where(login: ImapLogin | SmtpLogin) -> str:
    return f"{login.host}:{login.port}, {_TLS[login.security]}"
