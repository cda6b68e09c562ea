"""From a login to a connection that is logged in: connect, greeting, TLS, login (RFC 3501 §7.1)."""

import asyncio
import ipaddress
import ssl

from postroom.imap.account import ImapLogin
from postroom.imap.capabilities import ask_capabilities, introduce, offered_in
from postroom.imap.changes import enable
from postroom.imap.dialogue import Dialogue
from postroom.imap.login import log_in
from postroom.imap.news import FolderNews
from postroom.imap.protocol import AUTH, NONAUTH, ImapWire, again
from postroom.imap.responses import Untagged, garbage
from postroom.imap.security import start_tls, tls_context, tls_failed
from postroom.model.errors import ConnectionLost, PeerError, PeerTimeout
from postroom.model.servers import Security

SECOND_FAMILY_SECONDS = 0.25
"""When to try IPv4 beside an IPv6 that does not answer, or the other way round (RFC 8305 §5)."""


async def open_dialogue(login: ImapLogin, timeout: float) -> Dialogue:
    """A logged-in dialogue that knows what the server can do. On any failure nothing stays open.

    ConnectionLost where it cannot be reached or hangs up, PeerTimeout, PeerError where it does
    not speak IMAP, Refused where it does not take the login.
    """
    news = FolderNews()
    wire = await _connect(login, news, timeout)
    try:
        dialogue = Dialogue(wire, news, timeout)
        greeting = await _greeting(wire, login, timeout)
        await _enter(dialogue, login, greeting)
        if not dialogue.capabilities:
            dialogue.capabilities = await ask_capabilities(dialogue)
        await introduce(dialogue)
        await enable(dialogue)
        return dialogue
    except BaseException:
        if wire.transport is not None:
            wire.transport.abort()
        raise


async def reach(login: ImapLogin, timeout: float) -> frozenset[str]:
    """What a server says before a login that it can do: it is there, speaks IMAP, and its TLS is
    trusted. Nothing is said of who we are; raises as ``open_dialogue``."""
    news = FolderNews()
    wire = await _connect(login, news, timeout)
    try:
        dialogue = Dialogue(wire, news, timeout)
        await _secure(dialogue, login, await _greeting(wire, login, timeout))
        return dialogue.capabilities or await ask_capabilities(dialogue)
    finally:
        if wire.transport is not None:
            wire.transport.abort()


async def _enter(dialogue: Dialogue, login: ImapLogin, greeting: Untagged) -> None:
    """From the greeting to being logged in."""
    await _secure(dialogue, login, greeting)
    if dialogue.wire.state == NONAUTH:
        await log_in(dialogue, login)


async def _secure(dialogue: Dialogue, login: ImapLogin, greeting: Untagged) -> None:
    """From the greeting to where a login may be said."""
    if login.security is not Security.STARTTLS:
        dialogue.capabilities = offered_in(greeting.parts[0])
    elif dialogue.wire.state == AUTH:
        # STARTTLS is not legal after a login (RFC 9051 §7.1.4), and somebody may have changed the
        # greeting in order to keep us from it.
        raise PeerError(
            "imap_preauth",
            "The IMAP server logs in before TLS can begin; nothing was sent to it.",
            "Use security tls (port 993).",
        )
    else:
        await start_tls(dialogue, login)  # and forget the greeting: anybody may have written it


async def _connect(login: ImapLogin, news: FolderNews, timeout: float) -> ImapWire:
    context = await tls_context(login) if login.security is Security.TLS else None
    try:
        async with asyncio.timeout(timeout):
            _, wire = await asyncio.get_running_loop().create_connection(
                lambda: ImapWire(news.hear, news.wake),
                login.host,
                login.port,
                ssl=context,
                happy_eyeballs_delay=_second_family(login.host),
            )
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that cannot be one
        raise _unreached(error, login) from None
    return wire


def _second_family(host: str) -> float | None:
    """When to try a name's other address family; None for an address, which has but one. (A race
    of one that is cancelled in the moment of success leaves its socket open, Python 3.11.)"""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return SECOND_FAMILY_SECONDS
    return None


def _unreached(error: Exception, login: ImapLogin) -> PeerError:
    where = f"{login.host}:{login.port}"
    if isinstance(error, TimeoutError):
        message = f"The IMAP server at {where} did not take the connection in time."
        return PeerTimeout("imap_timeout", message)
    left = (ssl.SSLError, ConnectionResetError, ConnectionAbortedError)
    if login.security is Security.TLS and isinstance(error, left):  # it was there: the handshake
        return tls_failed(error, login)
    return ConnectionLost(
        "imap_unreachable",
        f"No connection to the IMAP server at {where}.",
        "Check the host, the port and the network.",
    )


def _ungreeted(login: ImapLogin) -> PeerTimeout:
    """The error for a server that says nothing: one that waits for TLS does so, too."""
    waits = ""
    if login.security is not Security.TLS:
        waits = (
            "Check port and security: a port for TLS (993) says nothing to security"
            f" {login.security}, and wants security tls."
        )
    message = f"The IMAP server at {login.host}:{login.port} did not greet in time."
    return PeerTimeout("imap_timeout", message, waits)


async def _greeting(wire: ImapWire, login: ImapLogin, timeout: float) -> Untagged:
    """The greeting; the wire is in the state that it announces."""
    await asyncio.wait({wire.greeting}, timeout=timeout)
    if not wire.greeting.done():
        raise _ungreeted(login)
    error = wire.greeting.exception()
    if isinstance(error, PeerError):
        raise again(error)
    greeting = wire.greeting.result()
    if greeting.name == "BYE":
        raise ConnectionLost(
            "imap_bye", "The IMAP server turned the connection away.", "Try again later."
        )
    if greeting.name not in ("OK", "PREAUTH"):
        raise garbage("its greeting is not IMAP")
    wire.state = AUTH if greeting.name == "PREAUTH" else NONAUTH
    return greeting
