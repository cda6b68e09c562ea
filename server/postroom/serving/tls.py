"""TLS by the operator's certificate (RFC 8446, at least TLS 1.2), which is read again on change.

files ── look, every few seconds ──► a context for the connections that come from now on
           └─ not good: the one before stays, and it is said why
"""

import asyncio
import datetime
import logging
import ssl
from pathlib import Path
from typing import Any

from postroom.clock import Clock
from postroom.model.errors import PostroomError
from postroom.own_certificate import SOON, loaded

log = logging.getLogger("postroom.serving")

LOOK_SECONDS = 2.0


class Certificate:
    """The certificate and its key, as they lie there now."""

    def __init__(self, certificate: Path, key: Path, clock: Clock) -> None:
        """Raises as `own_certificate.loaded` does."""
        self._certificate, self._key, self._clock = certificate, key, clock
        self._seen = self._state()
        self._current, self._until = self._loaded()
        self.context = self._current
        """What a server speaks TLS by, whatever is in the files later on."""
        self.context.sni_callback = self._choose

    @property
    def warning(self) -> str:
        """That it ends soon; "" where it does not."""
        if self._until - _now(self._clock) > SOON:
            return ""
        return f"The certificate {self._certificate} ends on {self._until:%Y-%m-%d}: renew it."

    async def keep(self) -> None:
        """Look for others until cancelled; what becomes of them goes to the log."""
        if self.warning:
            log.warning(self.warning)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            state = await asyncio.to_thread(self._state)
            if state == self._seen or None in state:  # they are just being replaced
                continue
            self._seen = state
            try:
                self._current, self._until = await asyncio.to_thread(self._loaded)
            except PostroomError as error:
                log.warning("The certificate before this one stays in use. %s", error)
            else:
                log.info("The certificate in %s was read again.", self._certificate)

    def _choose(self, connection: Any, _: str | None, __: ssl.SSLContext) -> None:
        # Asked in every handshake, of whoever names no host too.
        connection.context = self._current

    def _state(self) -> tuple[object, object]:
        return _stamp(self._certificate), _stamp(self._key)

    def _loaded(self) -> tuple[ssl.SSLContext, datetime.datetime]:
        return loaded(self._certificate, self._key, _now(self._clock))


def _stamp(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _now(clock: Clock) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(clock(), datetime.UTC)
