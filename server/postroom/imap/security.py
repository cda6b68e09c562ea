"""TLS: from the first byte, or by STARTTLS before anything is said (RFC 3501 §6.2.1, RFC 8314)."""

import asyncio
import ssl
from functools import lru_cache
from pathlib import Path

from postroom.certificates import fault_of, unreadable, what_mends
from postroom.imap.account import ImapLogin
from postroom.imap.dialogue import Dialogue
from postroom.model.errors import ConnectionLost, Refused, Unavailable


async def tls_context(login: ImapLogin) -> ssl.SSLContext:
    """What verifies the server's certificate and host name, from TLS 1.2 on (RFC 8996).

    One context is shared by all connections that trust the same certificates: the system's are
    0.8 MB, and take 25 ms to read. Unavailable where the file of certificates cannot be read.
    """
    return await asyncio.to_thread(_context_now, login.certificates)


def _context_now(certificates: Path | None) -> ssl.SSLContext:
    trusted = certificates or ssl.get_default_verify_paths().cafile
    try:
        # A renewed file is another one.
        changed = Path(trusted).stat().st_mtime_ns if trusted else 0
        return _context(certificates, str(trusted), changed)
    except OSError:  # among them an SSLError: no certificates in it
        raise Unavailable(
            "imap_certificates_unreadable",
            *unreadable(certificates, "imap"),
        ) from None


@lru_cache(maxsize=16)
def _context(certificates: Path | None, trusted: str, changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificates)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def start_tls(dialogue: Dialogue, login: ImapLogin) -> None:
    """Upgrade the connection. Whatever the server said so far is void.

    Refused where it has no STARTTLS, PeerError where something was said in the clear after it was
    agreed upon; never goes on in the clear.
    """
    context = await tls_context(login)
    reply = await dialogue.ask("STARTTLS")
    dialogue.check()
    if not reply.ok:
        raise Refused(
            "imap_no_starttls",
            "The IMAP server does not do STARTTLS; nothing was sent in the clear.",
            "Try security tls (port 993).",
        )
    try:
        upgraded = await _handshake(dialogue, context, login.host)
    except OSError as error:
        raise tls_failed(error, login) from None
    dialogue.wire.tls_began(upgraded)


async def _handshake(dialogue: Dialogue, context: ssl.SSLContext, host: str) -> asyncio.Transport:
    """The transport that TLS goes on with; an OSError where it does not come about."""
    wire = dialogue.wire
    upgraded = wire.transport and await asyncio.get_running_loop().start_tls(
        wire.transport,
        wire,
        context,
        server_hostname=host,
        ssl_handshake_timeout=dialogue.timeout,
    )
    if upgraded is None:  # it was closed meanwhile
        raise ConnectionResetError
    return upgraded


def tls_failed(error: BaseException, login: ImapLogin) -> ConnectionLost:
    """The error for a handshake that came to nothing."""
    where = f"{login.host}:{login.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectionLost(
            "imap_tls_failed",
            f"The IMAP server at {where} {fault_of(error)}",
            what_mends(error, "imap", login.certificates),
        )
    return ConnectionLost(
        "imap_tls_failed",
        f"No TLS connection to the IMAP server at {where}.",
        "Check host, port and security in imap = { … } of postroom.toml (tls: port 993, starttls:"
        " port 143); TLS 1.2 is the least.",
    )
