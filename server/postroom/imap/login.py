"""Saying who we are: with a password, or with an OAuth 2 token.

    a token      AUTHENTICATE OAUTHBEARER (RFC 7628), else XOAUTH2 (what it grew from)
    a password   AUTHENTICATE PLAIN (RFC 4616) where offered, which says what a name in another
                 script means; else LOGIN (RFC 3501 §6.2.3), unless it is disabled

A server with SASL-IR (RFC 4959) takes the credentials with the command; another asks for them.
One that refuses a token says why in a challenge, as JSON, and ends the command only once that was
answered.
"""

import asyncio
import re
from base64 import b64encode

from postroom.imap.account import ImapLogin
from postroom.imap.capabilities import ask_capabilities, told_capabilities
from postroom.imap.dialogue import Dialogue, Reply
from postroom.imap.grammar import astring
from postroom.imap.protocol import AUTH
from postroom.model.errors import InvalidRequest, PeerError, PostroomError, Refused, Unavailable
from postroom.model.servers import TokenSource

MAX_INITIAL = 7_000
"""Octets that go with the command. Servers bound a command line by 8,192 octets (RFC 7162 §4), and
a token may be longer."""

PATIENCE = 3
"""How many times the usual silence a login may take. Dovecot 2.3 slows guessing down: where a
wrong password came from, it answers up to 17 seconds late, the right one too (November 2026)."""

CANCEL = b"*\r\n"
"""Ends an exchange in which the server asks for yet more (RFC 3501 §6.2.2)."""

_FOR_THE_MOMENT = re.compile(
    rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]"  # RFC 5530 §3
    rb"|.*\btoo many\b",  # Gmail, November 2026: "[ALERT] Too many simultaneous connections."
    re.IGNORECASE,
)


async def log_in(dialogue: Dialogue, login: ImapLogin) -> None:
    """Log in; the dialogue then knows what the server can do for this user.

    Refused where it does not take us (``imap_login_refused``, ``imap_token_refused``,
    ``imap_login_disabled``, ``imap_no_oauth``), PeerError where it cannot say now.
    """
    if not dialogue.capabilities:
        dialogue.capabilities = await ask_capabilities(dialogue)
    if login.token is not None:
        reply = await _with_token(dialogue, login.user, login.token)
    else:
        reply = await _with_password(dialogue, login.user, login.password)
    dialogue.wire.state = AUTH
    dialogue.capabilities = told_capabilities(reply)


async def _with_password(dialogue: Dialogue, user: str, password: str) -> Reply:
    if "AUTH=PLAIN" in dialogue.capabilities:
        if "\x00" in user + password:
            raise InvalidRequest("imap_argument", "A name or password holds a NUL character.")
        said = f"\x00{user}\x00{password}".encode("utf-8", "surrogatepass")
        reply = await _authenticate(dialogue, "PLAIN", said)
    elif "LOGINDISABLED" in dialogue.capabilities:
        raise _disabled()
    else:
        words = (astring(user), astring(password))
        reply = await dialogue.ask("LOGIN", *words, wanted="CAPABILITY", patience=PATIENCE)
    if not reply.ok:
        raise _password_error(reply)
    return reply


async def _with_token(dialogue: Dialogue, user: str, source: TokenSource) -> Reply:
    """The answer to a token: to the first, or to the one that took its place when it was refused
    (it may have been revoked, or the clocks may differ)."""
    patience = PATIENCE * dialogue.timeout
    token = await _token(source, patience)
    reply = await _bear(dialogue, user, token)
    if not reply.ok and not _FOR_THE_MOMENT.match(reply.text):
        fresh = await _token(source, patience, refused=token)
        if fresh != token:
            reply = await _bear(dialogue, user, fresh)
    if not reply.ok:
        raise _unavailable(reply) or Refused(
            "imap_token_refused",
            "The IMAP server refused the OAuth token.",
            "Check the user name, the scopes, and that IMAP is allowed for the account.",
        )
    return reply


async def _token(source: TokenSource, seconds: float, *, refused: str = "") -> str:
    try:
        async with asyncio.timeout(seconds):
            return await source(refused=refused)
    except PostroomError:
        raise
    except TimeoutError:
        message = "No OAuth token could be had in time."
        raise Unavailable("oauth_timeout", message, "Try again later.") from None


async def _bear(dialogue: Dialogue, user: str, token: str) -> Reply:
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise InvalidRequest("imap_argument", "An OAuth token is one word in ASCII.")
    if "AUTH=OAUTHBEARER" in dialogue.capabilities:
        name = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4, saslname
        said = f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode("utf-8", "surrogatepass")
        return await _authenticate(dialogue, "OAUTHBEARER", said, b"AQ==\r\n")  # RFC 7628 §3.2.3
    if "AUTH=XOAUTH2" in dialogue.capabilities:
        said = f"user={user}\x01auth=Bearer {token}\x01\x01".encode("utf-8", "surrogatepass")
        return await _authenticate(dialogue, "XOAUTH2", said, b"\r\n")
    raise Refused(
        "imap_no_oauth",
        "The IMAP server takes no OAuth tokens on this connection.",
        "Log in with an app password, or set security to tls (port 993).",
    )


async def _authenticate(
    dialogue: Dialogue, mechanism: str, said: bytes, comfort: bytes = CANCEL
) -> Reply:
    """The answer to AUTHENTICATE. ``comfort`` answers a challenge that tells of a refusal."""
    encoded = b64encode(said)
    words: tuple[str, ...] = (mechanism,)
    then: tuple[bytes, ...] = (comfort, CANCEL)
    if "SASL-IR" in dialogue.capabilities and len(encoded) <= MAX_INITIAL:
        words += (encoded.decode(),)
    else:
        then = (encoded + b"\r\n", *then)
    return await dialogue.ask(
        "AUTHENTICATE", *words, wanted="CAPABILITY", then=then, patience=PATIENCE
    )


def _password_error(reply: Reply) -> PostroomError:
    if reply.text.upper().startswith(b"[PRIVACYREQUIRED]"):  # RFC 5530 §3
        return _disabled()
    return _unavailable(reply) or Refused(
        "imap_login_refused",
        "The IMAP server refused user name and password.",
        "Check them; many providers want an app password here.",
    )


def _unavailable(reply: Reply) -> PeerError | None:
    """The error for a refusal that holds for the moment; None for another one."""
    if not _FOR_THE_MOMENT.match(reply.text):
        return None
    return PeerError(
        "imap_unavailable", "The IMAP server cannot take a login now.", "Try again later."
    )


def _disabled() -> Refused:
    return Refused(
        "imap_login_disabled",
        "The IMAP server takes no password on this connection.",
        "Set security to tls (port 993) or starttls (port 143).",
    )
