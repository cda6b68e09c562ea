"""Whom we believe to be the server (RFC 8314 §5.1, RFC 7817), and the words where we do not."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

from postroom.certificates import FAULT, UNREADABLE, fault_of, unreadable, what_mends
from postroom.smtp.account import SmtpLogin

NO_TLS = (
    "{where} does not speak TLS that Postroom can use: check port and security in smtp = {{ … }} of"
    " postroom.toml."
)


def is_of_certificates(sentence: str) -> bool:
    """Whether a sentence from here is about certificates, and not about TLS altogether."""
    return sentence.startswith(UNREADABLE) or f" {FAULT} (" in sentence


class NoCertificates(Exception):
    """The operator's file of certificates is not there, or holds none."""


async def trust(certificates: Path | None) -> ssl.SSLContext:
    """What a server must prove: that a certificate of the system, or of the operator's file and no
    other, speaks for its host name, over TLS 1.2 or newer (RFC 8996).

    Raises NoCertificates where the file is no such file. Read anew for each connection, so that
    what was renewed counts; it takes tens of milliseconds, off the event loop.
    """
    return await asyncio.to_thread(_context, certificates)


def _context(certificates: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=certificates)
    except OSError as error:  # an SSLError, for a file of something else, is one
        raise NoCertificates(" ".join(unreadable(certificates, "smtp"))) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_failure(error: BaseException, login: SmtpLogin) -> str:
    """A sentence, with what to do, where TLS is what failed; empty where it is not."""
    where = f"The SMTP server at {login.host}:{login.port}"
    for cause in _causes(error):
        if isinstance(cause, NoCertificates):
            return str(cause)
        if isinstance(cause, ssl.SSLCertVerificationError):
            mends = what_mends(cause, "smtp", login.certificates)
            return f"{where} {fault_of(cause)} {mends}"
        if isinstance(cause, ssl.SSLError):
            return NO_TLS.format(where=where)
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
