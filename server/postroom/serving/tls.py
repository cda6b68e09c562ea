"""TLS by the operator's certificate (RFC 8446, at least TLS 1.2), which is read again on change.

files ── look, every few seconds ──► a context for the connections that come from now on
           └─ not good: the one before stays, and it is said why
"""

import asyncio
import datetime
import os
import ssl
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509

from postroom.clock import Clock
from postroom.model.errors import PostroomError, Refused, Unavailable

LOOK_SECONDS = 2.0

SOON_DAYS = 14
"""Before its end it is said: whatever renews certificates has done so by then."""

_KEYS = "tls_certificate and tls_key below [serve] of postroom.toml"


class Certificate:
    """The certificate and its key, as they lie there now."""

    def __init__(self, certificate: Path, key: Path, clock: Clock) -> None:
        """Raises:
        Unavailable: one of them cannot be read, they do not belong together, or it is not
            valid today.
        Refused: others can read the key.
        """
        self._certificate, self._key, self._clock = certificate, key, clock
        self._seen = self._state()
        self._current, self._until = self._loaded()
        self.context = self._current
        """What a server speaks TLS by, whatever is in the files later on."""
        self.context.sni_callback = self._choose

    @property
    def warning(self) -> str:
        """That it ends soon; "" where it does not."""
        left = self._until - _now(self._clock)
        if left > datetime.timedelta(days=SOON_DAYS):
            return ""
        return f"The certificate {self._certificate} ends on {self._until:%Y-%m-%d}: renew it."

    async def keep(self, say: Callable[[str], None]) -> None:
        """Look for others until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            state = await asyncio.to_thread(self._state)
            if state == self._seen or None in state:  # they are just being replaced
                continue
            self._seen = state
            try:
                self._current, self._until = await asyncio.to_thread(self._loaded)
            except PostroomError as error:
                say(f"The certificate before this one stays in use. {error}")
            else:
                say(f"The certificate in {self._certificate} was read again.")

    def _choose(self, connection: Any, _: str | None, __: ssl.SSLContext) -> None:
        # Asked in every handshake, of whoever names no host too.
        connection.context = self._current

    def _state(self) -> tuple[object, object]:
        return _stamp(self._certificate), _stamp(self._key)

    def _loaded(self) -> tuple[ssl.SSLContext, datetime.datetime]:
        until = _valid_until(self._certificate, _now(self._clock))
        _check_mode(self._key)
        context = _context()
        try:
            context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except ssl.SSLError as error:
            raise self._unfit(error) from None
        except OSError as error:
            raise _unreadable(self._key, error) from None
        return context, until

    def _unfit(self, error: ssl.SSLError) -> Unavailable:
        if error.reason == "KEY_VALUES_MISMATCH":
            return _fault("mismatch", f"{self._key} is not the key of {self._certificate}.")
        return _fault("key_unreadable", f"{self._key} holds no key (PEM) without a password.")


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: none before it
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_password() -> str:
    # OpenSSL would ask at the terminal.
    return ""


def _valid_until(file: Path, now: datetime.datetime) -> datetime.datetime:
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


def _stamp(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _now(clock: Clock) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(clock(), datetime.UTC)


def _unreadable(file: Path, error: OSError) -> Unavailable:
    return _fault("file_unreadable", f"{file} cannot be read: {error.strerror or error}.")


def _fault(code: str, what: str) -> Unavailable:
    return Unavailable(f"tls_{code}", what, f"Correct {_KEYS}, or the files.")
