"""Why a server's certificate is not believed, and what mends that: for `imap`, `smtp`, `oauth`."""

import ssl
from pathlib import Path

NOT_YET_VALID, EXPIRED, OTHER_NAME, OTHER_ADDRESS = 9, 10, 62, 64
"""OpenSSL's X509_V_ERR codes of faults that no file of certificates mends."""

FAULT = "shows a certificate that is not trusted"
UNREADABLE = "The file of trusted certificates"


def fault_of(error: ssl.SSLCertVerificationError) -> str:
    """What a server did, to stand behind its name: OpenSSL's words, which hold no stranger's."""
    return f"{FAULT} ({error.verify_message.rstrip('.')})."


def what_mends(
    error: ssl.SSLCertVerificationError, table: str, trusted: Path | None, *, host_key: str = "host"
) -> str:
    """What the operator does about it. ``table`` is ``imap``, ``smtp`` or ``oauth``, the server's
    own in postroom.toml; ``trusted`` the file that its key ``certificates`` names, if any;
    ``host_key`` the key in which its host stands."""
    if error.verify_code in (OTHER_NAME, OTHER_ADDRESS):
        return (
            f"Set {host_key} in {table} = {{ … }} of postroom.toml to a name that its certificate"
            " is for, or let the server have one for this name."
        )
    if error.verify_code in (EXPIRED, NOT_YET_VALID):
        return "The server needs a certificate that is valid today; see that this clock is right."
    if trusted is not None:
        return (
            f"The file {trusted}, which certificates in {table} = {{ … }} of postroom.toml names,"
            " does not vouch for it: put in there its certificate, or its authority's."
        )
    return (
        "Where it is the right server, and its certificate your own: set certificates in"
        f" {table} = {{ … }} of postroom.toml to a file (PEM) of it, or of its authority."
    )


def unreadable(file: Path | None, table: str) -> tuple[str, str]:
    """What is wrong with a file of certificates that is none, and what to do; None for the
    system's."""
    if file is None:
        return (
            f"{UNREADABLE} of this system cannot be read.",
            "Install the system's certificates (the package ca-certificates), or set certificates"
            f" in {table} = {{ … }} of postroom.toml.",
        )
    return (
        f"{UNREADABLE} {file} cannot be read, or holds none.",
        f"Set certificates in {table} = {{ … }} of postroom.toml to a file (PEM) with at least one"
        " certificate, which Postroom may read.",
    )
