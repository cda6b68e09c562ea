"""One connection, bounded where uvicorn's own is not: how long a peer may take to ask and to read.

                    ┌─────────── whole request, answer ───────────┐
    connected ── IDLE: the head of a request is owed ──► SEND_BODY, DONE
                                                             └─ answered before the body was there:
                                                                the rest of it is owed

Whatever is owed is waited for a while, and then the connection ends; so it does where a peer reads
nothing of what was written. A body that a face reads is bounded where it is read (`bodies.py`).
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from postroom.serving.gathering import Gathering

HEAD_SECONDS = 15.0
"""For the request's line and header, from the first moment on."""

REST_SECONDS = 5.0
"""For what is left of a body once it was refused: an end at once would take the answer along."""

STALL_SECONDS = 60.0
"""For a peer to read on, while so much waits for it that no more is written."""

MAX_HEAD_BYTES = 32 * 1024
"""Of a request's line and header: an access token of an issuer has some kilobytes."""


class PatientConnection(H11Protocol):
    """As uvicorn calls it; nothing else is known of it."""

    _owed_until: float | None = None
    _owed_in: Any = None
    _looking: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._gathering = Gathering(transport, self.loop)
        super().connection_made(self._gathering)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        self._gathering.flush()
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unwatch_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forgive()
        self._unlook()
        self._unwatch_reading()
        super().connection_lost(exc)

    def _look(self) -> None:
        state = self.conn.their_state
        answered = self.conn.our_state in (h11.DONE, h11.MUST_CLOSE)
        if state is h11.IDLE:
            self._owe(state, HEAD_SECONDS)
        elif state is h11.SEND_BODY and answered:
            self._owe(state, REST_SECONDS)
        else:
            self._forgive()

    def _owe(self, what: Any, seconds: float) -> None:
        if self._owed_until is None or self._owed_in is not what:
            self._owed_until, self._owed_in = self.loop.time() + seconds, what
            # A timer that fires too early looks again: cheaper than a new one for each request.
            if self._looking is None or self._looking.when() > self._owed_until:
                self._look_again()

    def _look_again(self) -> None:
        self._unlook()
        if self._owed_until is not None:
            self._looking = self.loop.call_at(self._owed_until, self._look_at_owed)

    def _look_at_owed(self) -> None:
        self._looking = None
        if self._owed_until is not None and self._owed_until <= self.loop.time():
            self.transport.close()
        else:
            self._look_again()

    def _unlook(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _forgive(self) -> None:
        self._owed_until = None

    def _watch_reading(self) -> None:
        self._unwatch_reading()
        waiting = self.transport.get_write_buffer_size()
        self._stall = self.loop.call_later(STALL_SECONDS, self._look_at_reading, waiting)

    def _look_at_reading(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._watch_reading()
        else:
            self.transport.abort()  # what waits would keep it open for ever

    def _unwatch_reading(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
