"""From a login to a connection that is logged in: greeting and login (RFC 3501 §7.1, §6.2)."""

import asyncio
import re
import ssl

from postroom.imap.account import ImapLogin
from postroom.imap.dialogue import Dialogue, Reply
from postroom.imap.folders import FolderNews
from postroom.imap.grammar import astring
from postroom.imap.protocol import AUTH, NONAUTH, ImapWire, again
from postroom.imap.responses import Untagged, garbage
from postroom.model.errors import ConnectionLost, PeerError, PeerTimeout, Refused
from postroom.model.servers import Security

_CAPABILITY = re.compile(rb"\[CAPABILITY ([^\]]*)\]", re.IGNORECASE)
_UNAVAILABLE = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)


async def open_dialogue(login: ImapLogin, timeout: float) -> tuple[Dialogue, frozenset[str]]:
    """A logged-in dialogue and what the server can do. On any failure nothing stays open.

    ConnectionLost where it cannot be reached or hangs up, PeerTimeout, PeerError where it does
    not speak IMAP, Refused where it does not take the login.
    """
    news = FolderNews()
    wire = await _connect(login, news, timeout)
    try:
        dialogue = Dialogue(wire, news, timeout)
        capabilities = _offered((await _greeting(wire, timeout)).parts[0])
        if wire.state == NONAUTH:
            capabilities = await _log_in(dialogue, login, capabilities)
        return dialogue, capabilities or await _capabilities(dialogue)
    except BaseException:
        if wire.transport is not None:
            wire.transport.abort()
        raise


async def _connect(login: ImapLogin, news: FolderNews, timeout: float) -> ImapWire:
    # Reading the system's certificates takes tens of milliseconds.
    context = (
        await asyncio.to_thread(ssl.create_default_context)
        if login.security is Security.TLS
        else None
    )
    loop = asyncio.get_running_loop()
    where = f"{login.host}:{login.port}"
    try:
        async with asyncio.timeout(timeout):
            _, wire = await loop.create_connection(
                lambda: ImapWire(news.hear, news.wake), login.host, login.port, ssl=context
            )
    except TimeoutError:
        message = f"The IMAP server at {where} did not take the connection in time."
        raise PeerTimeout("imap_timeout", message) from None
    except ssl.SSLError:
        raise ConnectionLost(
            "imap_tls_failed",
            f"No trusted TLS connection to the IMAP server at {where}.",
            "Check the host name, the port and the server's certificate.",
        ) from None
    except OSError:
        raise ConnectionLost(
            "imap_unreachable",
            f"No connection to the IMAP server at {where}.",
            "Check the host, the port and the network.",
        ) from None
    return wire


async def _greeting(wire: ImapWire, timeout: float) -> Untagged:
    """The greeting; the wire is in the state that it announces."""
    await asyncio.wait({wire.greeting}, timeout=timeout)
    if not wire.greeting.done():
        raise PeerTimeout("imap_timeout", "The IMAP server did not greet in time.")
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


async def _log_in(dialogue: Dialogue, login: ImapLogin, offered: frozenset[str]) -> frozenset[str]:
    """What the server can do now, empty where it did not say."""
    if "LOGINDISABLED" in (offered or await _capabilities(dialogue)):
        raise Refused(
            "imap_login_disabled",
            "The IMAP server takes no password on this connection.",
            "Set security to tls (port 993) or starttls (port 143).",
        )
    reply = await dialogue.ask("LOGIN", astring(login.user), astring(login.password))
    if not reply.ok:
        raise _login_error(reply)
    dialogue.wire.state = AUTH
    return _offered(reply.text)


def _login_error(reply: Reply) -> Exception:
    if _UNAVAILABLE.match(reply.text):  # RFC 5530 §3: for the moment
        return PeerError(
            "imap_unavailable", "The IMAP server cannot check logins now.", "Try again later."
        )
    return Refused(
        "imap_login_refused",
        "The IMAP server refused user name and password.",
        "Check them; many providers want an app password here.",
    )


async def _capabilities(dialogue: Dialogue) -> frozenset[str]:
    reply = await dialogue.ask("CAPABILITY", wanted="CAPABILITY")
    return _names(b" ".join(told.parts[0] for told in reply.responses))


def _offered(text: bytes) -> frozenset[str]:
    """The capabilities in a response code, empty where there is none (RFC 3501 §7.1)."""
    match = _CAPABILITY.match(text)
    return _names(match[1]) if match else frozenset()


def _names(words: bytes) -> frozenset[str]:
    return frozenset(words.decode("ascii", "replace").upper().split())
