"""The operator's own certificate and its key, for `serving`, and for whoever tells of them."""

import datetime
import os
import ssl
import stat
from pathlib import Path

from postroom.model.errors import Refused, Unavailable

SOON = datetime.timedelta(days=14)
"""Before its end it is said: whatever renews certificates has done so by then."""

_KEYS = "tls_certificate and tls_key below [serve] of postroom.toml"


def loaded(
    certificate: Path, key: Path, now: datetime.datetime
) -> tuple[ssl.SSLContext, datetime.datetime]:
    """What a server speaks TLS by, and until when the certificate is good.

    Raises:
        Unavailable: one of them cannot be read, they do not belong together, or it is not valid
            at this time.
        Refused: others can read the key.
    """
    until = _valid_until(certificate, now)
    _check_mode(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: none before it
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise _unfit(certificate, key, error) from None
    except OSError as error:
        raise _unreadable(key, error) from None
    return context, until


def _no_password() -> str:
    # OpenSSL would ask at the terminal.
    return ""


def _unfit(certificate: Path, key: Path, error: ssl.SSLError) -> Unavailable:
    if error.reason == "KEY_VALUES_MISMATCH":
        return _fault("mismatch", f"{key} is not the key of {certificate}.")
    return _fault("key_unreadable", f"{key} holds no key (PEM) without a password.")


def _valid_until(file: Path, now: datetime.datetime) -> datetime.datetime:
    from cryptography import x509  # only who serves by TLS needs it

    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())[0]
    except OSError as error:
        raise _unreadable(file, error) from None
    except ValueError:
        raise _fault("certificate_unreadable", f"{file} holds no certificate (PEM).") from None
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    if until < now:
        raise _fault("certificate_expired", f"The certificate {file} ended on {until:%Y-%m-%d}.")
    if since > now:
        what = f"The certificate {file} begins on {since:%Y-%m-%d %H:%M} UTC."
        raise _fault("certificate_not_yet_valid", what)
    return until


def _check_mode(key: Path) -> None:
    """Its owner alone may read it, or where that is root, a group too: so systems share keys with
    the programs that need them."""
    if os.name != "posix":
        return
    try:
        status = key.stat()
    except OSError as error:
        raise _unreadable(key, error) from None
    if stat.S_IMODE(status.st_mode) & (0o037 if status.st_uid == 0 else 0o077):
        raise Refused(
            "tls_key_readable_by_others",
            f"{key} can be read by other users of this machine.",
            "Whoever read it can pass for this server: make a new key, with the mode 600.",
        )


def _unreadable(file: Path, error: OSError) -> Unavailable:
    return _fault("file_unreadable", f"{file} cannot be read: {error.strerror or error}.")


def _fault(code: str, what: str) -> Unavailable:
    return Unavailable(f"tls_{code}", what, f"Correct {_KEYS}, or the files.")
