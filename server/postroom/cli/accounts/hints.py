"""What to do about a server of a new account, as options: there is no postroom.toml yet to set
anything in. A probe's own words are for an account that stands there."""

import re
from typing import TypeVar

from postroom.dns.candidates import Candidate, Origin
from postroom.model.servers import Security
from postroom.probe.findings import Failure

F = TypeVar("F")

_TABLE = r"(?P<kind>imap|smtp) = \{ … \} of postroom\.toml"

_AS_OPTIONS = (
    (
        rf"set certificates in {_TABLE} to a file \(PEM\) of it, or of its authority",
        "pass --certificates FILE, a file (PEM) of it, or of its authority",
    ),
    (rf"Set certificates in {_TABLE} to a file", r"Pass --certificates FILE, a file"),
    (rf"certificates in {_TABLE} names", r"--certificates names"),
    (rf"set certificates in {_TABLE}", r"pass --certificates FILE"),
    (rf"Set host in {_TABLE} to a name", r"Pass --\g<kind> HOST[:PORT] with a name"),
)

_OF_TLS = frozenset({"imap_tls_failed", "imap_no_starttls", "smtp_untrusted"})
_OF_SILENCE = frozenset({"imap_timeout"})
_OF_REACH = frozenset({"imap_unreachable", "smtp_unreachable"})


def hinted(found: F | Failure, kind: str, server: Candidate) -> F | Failure:
    """The same; a failure with options to pass in the place of keys to set. ``kind`` is imap or
    smtp."""
    if not isinstance(found, Failure):
        return found
    return found.model_copy(update={"next_step": _next_step(found, kind, server)})


def _next_step(found: Failure, kind: str, server: Candidate) -> str:
    of_certificates = "certificate" in f"{found.says} {found.next_step}"
    if found.code in _OF_TLS and not of_certificates:
        return _of_security(kind, server)
    if found.code in _OF_SILENCE and server.security is not Security.TLS:
        return _of_security(kind, server)
    if found.code in _OF_REACH:
        return _of_reach(found, kind, server)
    said = found.next_step
    for words, option in _AS_OPTIONS:
        said = re.sub(words, option, said)
    return said


def _of_security(kind: str, server: Candidate) -> str:
    other = "starttls" if server.security is Security.TLS else "tls"
    usual = {"imap": "tls: 993, starttls: 143", "smtp": "tls: 465, starttls: 587"}[kind]
    return (
        f"Pass --{kind} {server.host}:{server.port} --{kind}-security {other}, or another port"
        f" (the usual ones are {usual})."
    )


def _of_reach(found: Failure, kind: str, server: Candidate) -> str:
    if server.origin is Origin.GUESS:
        return f"This server was a guess: pass --{kind} HOST[:PORT] to name it."
    if "nothing spoke SMTP" in found.next_step:
        return _of_security(kind, server)
    return f"Check host, port and network; --{kind} HOST[:PORT] names another one."
