"""Whether a mail server can be reached and encrypts, and whether its certificate is good.

Nothing is sent but a greeting and the wish for TLS. What a server says is not told: only what
became of it.
"""

import asyncio
import ssl
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

PATIENCE_SECONDS = 8.0
"""For one server, from the connection to the certificate."""

_MAX_LINE = 2_000
"""Octets of one line of a server."""

_SELF_SIGNED = frozenset({18, 19})
_OTHER_NAME = frozenset({62, 64})
_EXPIRED = 10
"""OpenSSL's X509_V_ERR codes."""


class Protocol(Enum):
    """What is spoken."""

    SMTP = "SMTP"
    IMAP = "IMAP"


class Came(Enum):
    """How far it came."""

    VERIFIED = "TLS, with a certificate for this name"
    OTHER_NAME = "TLS, with a certificate for another name"
    SELF_SIGNED = "TLS, with a certificate that nobody vouches for"
    EXPIRED = "TLS, with a certificate that has expired"
    UNTRUSTED = "TLS, with a certificate that is not trusted"
    PLAIN = "no TLS"
    REFUSED = "the connection is refused"
    SILENT = "no answer"
    OTHER = "an answer of something else than a mail server"


ENCRYPTED = frozenset(
    {Came.VERIFIED, Came.OTHER_NAME, Came.SELF_SIGNED, Came.EXPIRED, Came.UNTRUSTED}
)

REACHED = ENCRYPTED | {Came.PLAIN, Came.OTHER}


@dataclass(frozen=True)
class Place:
    """Where a server is, and how one begins there."""

    host: str
    """Whose the certificate is to be."""
    address: str
    port: int
    protocol: Protocol
    tls_first: bool = False
    """TLS from the first octet (RFC 8314), and not by STARTTLS."""


async def came(place: Place, certificates: Path | None = None) -> Came:
    """How far it came. Never raises but when cancelled."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            context = await asyncio.to_thread(ssl.create_default_context, cafile=certificates)
            return await _tried(place, context)
    except ssl.SSLCertVerificationError as error:
        return _of_certificate(error.verify_code)
    except ConnectionRefusedError:
        return Came.REFUSED
    except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
        return Came.OTHER
    except (OSError, TimeoutError):
        return Came.SILENT


def _of_certificate(code: int) -> Came:
    if code in _OTHER_NAME:
        return Came.OTHER_NAME
    if code in _SELF_SIGNED:
        return Came.SELF_SIGNED
    return Came.EXPIRED if code == _EXPIRED else Came.UNTRUSTED


async def _tried(place: Place, context: ssl.SSLContext) -> Came:
    tls = {"ssl": context, "server_hostname": place.host} if place.tls_first else {}
    reader, writer = await asyncio.open_connection(
        place.address,
        place.port,
        limit=_MAX_LINE,
        **tls,  # type: ignore[arg-type]  # of two kinds
    )
    try:
        if place.tls_first:
            return Came.VERIFIED
        begin = _smtp if place.protocol is Protocol.SMTP else _imap
        if not await begin(reader, writer):
            return Came.PLAIN
        await writer.start_tls(context, server_hostname=place.host)
        return Came.VERIFIED
    finally:
        writer.close()


async def _smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether TLS may begin (RFC 3207). ValueError: this is no mail server."""
    if (await _reply(reader))[0][:3] != "220":
        raise ValueError("no greeting")
    writer.write(b"EHLO [127.0.0.1]\r\n")
    offers = await _reply(reader)
    if not any(line[4:].strip().upper() == "STARTTLS" for line in offers):
        return False
    writer.write(b"STARTTLS\r\n")
    return (await _reply(reader))[0][:3] == "220"


async def _reply(reader: asyncio.StreamReader) -> list[str]:
    """The lines of a reply (RFC 5321 §4.2.1), of which there are some dozen at most."""
    lines: list[str] = []
    while len(lines) < 100:
        line = (await reader.readuntil(b"\n")).decode("ascii", "replace")
        lines.append(line)
        if line[3:4] != "-":
            return lines
    raise ValueError("no end")


async def _imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether TLS may begin (RFC 9051 §6.2.1). ValueError: this is no mail server."""
    if not (await reader.readuntil(b"\n")).startswith((b"* OK", b"* PREAUTH")):
        raise ValueError("no greeting")
    writer.write(b"a STARTTLS\r\n")
    for _ in range(100):
        line = await reader.readuntil(b"\n")
        if line.startswith(b"a "):
            return line[2:4].upper() == b"OK"
    raise ValueError("no end")
